"""Three RabbitMQ nodes on one machine that know each other: quorum queues with three members."""

import json
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from services.embedded.broker import Broker
from services.embedded.home import Home, write_private
from services.embedded.node import Command
from services.embedded.ports import LOOPBACK
from services.embedded.rabbitmq import find_server

#: Peers are named in a file; whoever starts first makes the cluster, the others join it.
PEERS = "cluster_formation.peer_discovery_backend = rabbit_peer_discovery_classic_config\n"
#: The smaller half of a cluster that is cut in two waits: it could only be wrong.
HALVES = "cluster_partition_handling = pause_minority\n"
#: A node that is gone is missed after about so many seconds; the default is a minute.
TICK = "net_ticktime = 5\n"


class Member(Broker):
    """One of three: its own name, ports and folder; the cookie and the port mapper are shared."""

    def __init__(self, home: Home, number: int, cluster: "Rabbits") -> None:
        super().__init__(home)
        self.number, self.cluster = number, cluster
        self.password, self.epmd_port = cluster.password, cluster.epmd_port

    @property
    def node_name(self) -> str:
        return f"imgcap-{self.cluster.id}-{self.number}@localhost"

    def prepare(self) -> None:
        self.own_folder()
        for file, content in (
            (self.folder / "node", self.node_name),
            (self.folder / ".erlang.cookie", self.cluster.cookie),
        ):
            if not file.exists():
                write_private(file, content)
                file.chmod(0o400)
                self.give(file)
        super().prepare()
        config = self.folder / "rabbitmq.conf"
        peers = [
            f"cluster_formation.classic_config.nodes.{member.number} = {member.node_name}\n"
            for member in self.cluster.members
        ]
        text = config.read_text()
        write_private(config, "".join([text, PEERS, *peers, HALVES, TICK]))
        self.give(config)

    def command(self) -> Command:
        """The port mapper is the cluster's: it must not die with one of the nodes."""
        command = super().command()
        return Command([str(find_server())], command.folder, command.environment)

    def control(self, *words: str) -> str:
        """What rabbitmqctl says."""
        tool = find_server().with_name("rabbitmqctl")
        own = super().command()
        asked = self.as_account(Command([str(tool), *words], own.folder, own.environment))
        done = subprocess.run(
            asked.argv,
            cwd=asked.folder,
            env=dict(asked.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


class Rabbits:
    def __init__(self, folder: Path, size: int = 3) -> None:
        self.id, self.cookie, self.password = token_hex(3), token_hex(16), token_hex(12)
        homes = [Home(folder / f"rabbit{number}") for number in range(1, size + 1)]
        self.epmd_port = homes[0].ports.take("broker_epmd")
        self.members = [Member(home, n, self) for n, home in enumerate(homes, 1)]
        self._epmd: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return ",".join(member.url for member in self.members)

    def leaders(self, queues: Sequence[str]) -> dict[str, Member]:
        """Who leads each queue, as one that lives tells it."""
        said = self._alive().control("list_queues", "name", "leader", "-q", "--no-table-headers")
        led = dict(line.split("\t")[:2] for line in said.splitlines() if "\t" in line)
        return {queue: self._named(led[queue]) for queue in queues}

    def online(self, queue: str) -> int:
        """How many members of a quorum queue are up."""
        said = self._alive().control("list_queues", "name", "online", "-q", "--no-table-headers")
        lines = dict(line.split("\t", 1) for line in said.splitlines() if "\t" in line)
        return lines[queue].count("@")

    def _alive(self) -> Member:
        return next(member for member in self.members if member.running)

    def _named(self, node: str) -> Member:
        return next(member for member in self.members if member.node_name == node.strip("'"))

    def __enter__(self) -> Self:
        self._start_epmd()
        try:
            self.members[0].start()
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda member: member.start(), self.members[1:]))
            self._wait_whole()
        except BaseException:
            self._stop()
            raise
        return self

    def _wait_whole(self, within: float = 30.0) -> None:
        deadline = monotonic() + within
        while len(nodes := self._running()) < len(self.members):
            assert monotonic() < deadline, f"no cluster: {nodes}"
            sleep(0.2)

    def _running(self) -> list[str]:
        said = self._alive().control("cluster_status", "--formatter", "json", "-q")
        nodes: list[str] = json.loads(said)["running_nodes"]
        return nodes

    def _start_epmd(self) -> None:
        self._epmd = subprocess.Popen(
            ["epmd", "-address", LOOPBACK, "-port", str(self.epmd_port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _stop(self) -> None:
        for member in self.members:
            if member.running:
                member.kill()
        if self._epmd:
            self._epmd.kill()
            self._epmd.wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
