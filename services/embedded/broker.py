"""A RabbitMQ of our own: a private node on loopback that shares nothing with any other."""

import os
import uuid
from pathlib import Path

import pika

from services.common.rights import PUBLISHES, rights_of
from services.common.topology import Topology
from services.embedded.definitions import EVERYTHING, User, definitions
from services.embedded.home import Home, write_private
from services.embedded.node import Command, Node
from services.embedded.ports import LOOPBACK, is_open
from services.embedded.rabbitmq import find_server, root_of

#: epmd, Erlang's port mapper, stays in our process group so that it ends when the broker ends.
SCRIPT = 'epmd -address "$ERL_EPMD_ADDRESS" -port "$ERL_EPMD_PORT" & exec "$0"'
CONFIG = """\
listeners.tcp.default = {host}:{port}
load_definitions = {definitions}
# Publishers stop when the disk has less than this.
disk_free_limit.absolute = 200MB
# A write-ahead log is kept in memory until it is this large.
raft.wal_max_size_bytes = 33554432
log.file = broker.log
log.file.level = info
log.console = true
log.console.level = warning
"""


class Broker(Node):
    """One RabbitMQ node without plugins."""

    name = "broker"
    user = "imgcap"

    def __init__(self, home: Home, scope: str = "") -> None:
        super().__init__(home)
        self.topology = Topology(scope)
        self.port = home.ports.take("broker")
        self.epmd_port = home.ports.take("broker_epmd")
        self.distribution_port = home.ports.take("broker_distribution")
        self.password = home.secret("broker")

    @property
    def url(self) -> str:
        """As the user that may do everything: for tests, and for whoever keeps the node."""
        return self._address(self.user, self.password)

    def url_of(self, service: str) -> str:
        """As a user that may do what the service must, and no more."""
        return self._address(f"imgcap-{service}", self.home.secret(f"broker_{service}"))

    def _address(self, user: str, password: str) -> str:
        return f"amqp://{user}:{password}@{LOOPBACK}:{self.port}/"

    def _definitions(self) -> str:
        keeper: User = (self.user, self.password, EVERYTHING, ["administrator"])
        others: list[User] = [
            (
                f"imgcap-{service}",
                self.home.secret(f"broker_{service}"),
                rights_of(service, self.topology),
                [],
            )
            for service in PUBLISHES
        ]
        return definitions([keeper, *others], self.topology.exchange)

    def prepare(self) -> None:
        self.own_folder()
        config = self.folder / "rabbitmq.conf"
        users = self.folder / "definitions.json"
        text = CONFIG.format(host=LOOPBACK, port=self.port, definitions=users)
        plugins = self.folder / "plugins"
        for file, content in ((config, text), (plugins, "[].\n"), (users, self._definitions())):
            write_private(file, content)
            self.give(file)
        self._node_name()

    def command(self) -> Command:
        server = find_server()
        argv = ["/bin/sh", "-c", SCRIPT, str(server)]
        return Command(argv, self.folder, self._environment(server))

    def ask(self) -> None:
        if not is_open(self.port):
            raise ConnectionError("nobody listens yet")
        parameters = pika.URLParameters(self.url)
        parameters.socket_timeout = parameters.stack_timeout = 3
        pika.BlockingConnection(parameters).close()

    def shows(self, line: str) -> bool:
        return "[error]" in line or "[critical]" in line or "alarm" in line

    def _node_name(self) -> str:
        """Kept in the folder, because what the node stores belongs to its name."""
        file = self.folder / "node"
        if not file.exists():
            write_private(file, f"imgcap-{uuid.uuid4().hex[:8]}@localhost")
            self.give(file)
        return file.read_text()

    def _environment(self, server: Path) -> dict[str, str]:
        folder = self.folder
        root = root_of(server)
        tools = [server.parent, root / "usr/lib/erlang/bin"]
        own = {
            "HOME": folder,  # for the cookie
            "PATH": ":".join([*map(str, tools), "/usr/local/bin", "/usr/bin", "/bin"]),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": self.epmd_port,
            "RABBITMQ_NODENAME": self._node_name(),
            "RABBITMQ_DIST_PORT": self.distribution_port,
            "RABBITMQ_CONFIG_FILE": folder / "rabbitmq.conf",
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins",
            "RABBITMQ_PLUGINS_EXPAND_DIR": folder / "expanded",
            "RABBITMQ_GENERATED_CONFIG_DIR": folder / "generated",
            "RABBITMQ_MNESIA_BASE": folder / "mnesia",
            "RABBITMQ_FEATURE_FLAGS_FILE": folder / "feature_flags",
            "RABBITMQ_LOG_BASE": folder / "log",
            "RABBITMQ_PID_FILE": folder / "pid",
            # Two schedulers that sleep when idle, and no door but the one on loopback.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"
            ),
            "ERL_CRASH_DUMP_BYTES": 0,
            # The start script then becomes the server instead of waiting for it.
            "RUNNING_UNDER_SYSTEMD": 1,
        }
        if root != Path("/"):
            libraries = [*root.glob("usr/lib/*-linux-gnu"), *root.glob("lib/*-linux-gnu")]
            own["LD_LIBRARY_PATH"] = ":".join(map(str, libraries))
            own["ERL_LIBS"] = root / "usr/lib/erlang/lib"
            own["ERL_ROOTDIR"] = root / "usr/lib/erlang"
        return {name: str(value) for name, value in own.items()}
