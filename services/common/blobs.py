"""Where the bytes of photos live: any S3, by the same calls as AWS."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.common import tracing
from services.common.errors import Refuse, TryAgain
from services.common.objects import Objects
from services.common.parts import is_large, kept_if_there, put_in_parts
from services.common.settings import StoreSettings

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

#: Codes that say "there is nothing here", as AWS and others write it.
ABSENT = {"NoSuchKey", "NotFound", "404"}
DELETE_AT_ONCE = 1000  # the most that one DeleteObjects takes
PORTION = 2**20
#: Where browsers may put what is not a photo yet.
QUARANTINE = "quarantine"
#: Seconds of silence that a worker bears; whoever has a user waiting asks for less.
PATIENCE = 20.0
S3Style = Literal["auto", "path", "virtual"]


@dataclass(frozen=True)
class Keys:
    """The names of one photo's objects; ``prefix`` is ``photos/{photo_id}/{generation}``."""

    prefix: str

    @classmethod
    def of(cls, photo_id: UUID, generation: int) -> Self:
        return cls(f"photos/{photo_id}/{generation}")

    @classmethod
    def beside(cls, blob_key: str) -> Self:
        return cls(blob_key.rpartition("/")[0])

    @property
    def original(self) -> str:
        return f"{self.prefix}/original"

    @property
    def display(self) -> str:
        return f"{self.prefix}/display.jpg"

    @property
    def thumb(self) -> str:
        return f"{self.prefix}/thumb.webp"

    @property
    def record(self) -> str:
        """What the row says of the photo, so that a lost database can be rebuilt."""
        return f"{self.prefix}/record.json"

    def result(self, stage: str, version: str) -> str:
        return f"{self.prefix}/results/{stage}-{version}.json"


class Blobs:
    """Raises ``TryAgain`` when the store is away (it never counts against a photo)."""

    def __init__(self, settings: StoreSettings, *, patience: float = PATIENCE) -> None:
        self.bucket = settings.bucket
        self._settings, self._patience = settings, patience
        self._objects = Objects(session(settings), self._place, patience)

    @cached_property
    def _client(self) -> "S3Client":
        """Made for the first rare call: its model of S3 is 15 MiB."""
        return client(self._settings, self._patience)

    def _place(self) -> tuple[str, str]:
        """The bucket's address and region, as boto3 reckons them for the settings."""
        own = self._settings.endpoint.rstrip("/")
        if own:  # path style, see ``client``
            return f"{own}/{self.bucket}/", self._settings.region
        url = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": "x"}
        )
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}{parts.path[:-1]}", self._client.meta.region_name

    def put(
        self,
        key: str,
        body: bytes | IO[bytes],
        content_type: str,
        *,
        digest: bytes = b"",
        once: bool = False,
    ) -> None:
        """The store takes the bytes only if they have this SHA-256; reckoned here if not given.

        ``once``: what is there already stays, for its name says what it is.
        """
        if not isinstance(body, bytes) and is_large(body):
            with store_errors(key, "put"), kept_if_there():
                put_in_parts(self._client, self.bucket, key, body, content_type, once=once)
            return
        if not digest:
            digest = sha256(body).digest() if isinstance(body, bytes) else _digest_of(body)
        with store_errors(key, "put"), kept_if_there():
            self._objects.put(key, body, content_type, digest, once=once)

    def get(self, key: str) -> bytes:
        """Raises ``Refuse`` if there is no such object."""
        with store_errors(key):
            return self._objects.get(key)

    def find(self, key: str) -> bytes | None:
        try:
            return self.get(key)
        except Refuse:
            return None

    def open(self, key: str, byte_range: str | None = None) -> dict[str, Any]:
        """The answer of GetObject, its ``Body`` not read yet. Raises ``Refuse`` if absent."""
        with store_errors(key):
            return self._objects.open(key, byte_range or "")

    def keys(self, prefix: str) -> Iterator[str]:
        with store_errors(prefix, "list"):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                for found in page.get("Contents", []):
                    yield found["Key"]

    def older(self, prefix: str, than: datetime) -> Iterator[str]:
        """Names of what was put before."""
        with store_errors(prefix, "list"):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                for found in page.get("Contents", []):
                    if found["LastModified"] < than:
                        yield found["Key"]

    def delete(self, keys: Iterable[str]) -> int:
        """How many went. Deleting what is not there is no error."""
        every = list(keys)
        for start in range(0, len(every), DELETE_AT_ONCE):
            chunk = every[start : start + DELETE_AT_ONCE]
            with store_errors(chunk[0], "delete"):
                answer = self._client.delete_objects(
                    Bucket=self.bucket,
                    Delete={"Objects": [{"Key": key} for key in chunk], "Quiet": True},
                )
            if failed := answer.get("Errors"):
                raise TryAgain(f"the store kept {failed[:3]}", code="store-away", counts=False)
        return len(every)

    def answers(self) -> bool:
        try:
            self._objects.head_bucket()
        except (BotoCoreError, ClientError):
            return False
        return True

    def make_bucket(self) -> None:
        """For stores of our own; whoever runs on AWS makes the bucket with care, by hand."""
        with store_errors(self.bucket):
            if not self.answers():
                self._client.create_bucket(Bucket=self.bucket)
                make_room(self._client, self.bucket)


def make_room(s3: "S3Client", bucket: str) -> None:
    """SeaweedFS makes a bucket's volumes when its first bytes come; who comes second waits 1 s."""
    s3.put_object(Bucket=bucket, Key="first", Body=b"first")
    s3.delete_object(Bucket=bucket, Key="first")


def client(
    settings: StoreSettings, patience: float = PATIENCE, *, style: S3Style = "auto"
) -> "S3Client":
    """Raises nothing and connects to nothing; time-outs are short and retries are ours."""
    plain = settings.endpoint.startswith("http://")
    config = Config(
        signature_version="s3v4",
        # What we put brings its SHA-256 in a signed header: signing it again would hash it again.
        s3={
            "addressing_style": "path" if settings.endpoint and style == "auto" else style,
            "payload_signing_enabled": False,
        },
        connect_timeout=2,
        read_timeout=patience,
        retries={"total_max_attempts": 2, "mode": "standard"},
        max_pool_connections=32,
        # Over plain HTTP the signature covers the body already; a second sum costs half the put.
        request_checksum_calculation="when_required" if plain else "when_supported",
        response_checksum_validation="when_required" if plain else "when_supported",
        tcp_keepalive=True,
    )
    return session(settings).client("s3", endpoint_url=settings.endpoint or None, config=config)


def session(settings: StoreSettings) -> boto3.session.Session:
    """With the keys of the settings, or with those that AWS gives to whoever runs there."""
    keys: dict[str, Any] = {}
    if settings.access_key and settings.secret_key:
        keys = {
            "aws_access_key_id": settings.access_key.get_secret_value(),
            "aws_secret_access_key": settings.secret_key.get_secret_value(),
        }
    return boto3.session.Session(region_name=settings.region, **keys)


def _digest_of(file: IO[bytes]) -> bytes:
    start, digest = file.tell(), sha256()
    while portion := file.read(PORTION):
        digest.update(portion)
    file.seek(start)
    return digest.digest()


@contextmanager
def store_errors(key: str, call: str = "get") -> Iterator[None]:
    try:
        with tracing.child(f"store {call} {key.rpartition('/')[2]}", kind="client"):
            yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in ABSENT:
            raise Refuse(f"there is no {key}", code="no-such-blob") from error
        raise TryAgain(f"the store says {code}", code="store-away", counts=False) from error
    except (BotoCoreError, OSError) as error:
        raise TryAgain(f"the store is away: {error!r}", code="store-away", counts=False) from error
