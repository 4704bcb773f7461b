"""The blob store for a server that must never wait for it: threads of its own, and deadlines."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog
from botocore.exceptions import ClientError

from services.common import tracing
from services.common.blobs import Blobs
from services.common.errors import Refuse, TryAgain
from services.common.problems import Problem, away
from services.gateway.spool import SpooledPhoto

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

#: Botocore tries twice, so that a thread is back soon after its caller has gone.
SILENCE = 2.0
#: A thread that waits for a frozen store is of no use to anybody else.
THREADS = 32
PATIENCE = 4.0
#: Of a network that carries an original; slower ones are as good as away.
SLOWEST = 2**20  # bytes a second
PORTION = 256 * 1024
#: Blobs up to this size are read in one go: a thumb, and nearly every display.
SMALL = 2**20


class NoSuchBlob(Exception):
    """There is nothing under this key."""


class OutOfRange(Exception):
    """The blob has fewer bytes than the range begins with."""


@dataclass(frozen=True)
class Opened:
    """A blob whose bytes are on their way; ``whole`` when they have all come already."""

    length: int
    content_range: str
    whole: bytes | None
    body: Any

    def close(self) -> None:
        self.body.close()


class Store:
    """Raises ``Problem`` (503 store-away) when the store is away, or answers too slowly."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._threads = ThreadPoolExecutor(THREADS, "store")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        await self._within(PATIENCE, partial(self._blobs.put, key, content, content_type))

    async def put_photo(self, key: str, photo: SpooledPhoto, content_type: str) -> None:
        """From disk to the store, which checks the hash that we made when it came in."""
        put = partial(self._put_photo, key, photo, content_type)
        await self._within(PATIENCE + photo.bytes / SLOWEST, put)

    def _put_photo(self, key: str, photo: SpooledPhoto, content_type: str) -> None:
        with photo.path.open("rb") as file:
            self._blobs.put(key, file, content_type, digest=bytes.fromhex(photo.sha256), once=True)

    async def open(self, key: str, byte_range: str | None = None) -> Opened:
        """Raises ``NoSuchBlob`` and ``OutOfRange``."""
        try:
            answer, whole = await self._within(PATIENCE, partial(self._open, key, byte_range))
        except Refuse as error:
            raise NoSuchBlob(key) from error
        return Opened(
            length=int(answer["ContentLength"]),
            content_range=str(answer.get("ContentRange", "")),
            whole=whole,
            body=answer["Body"],
        )

    def _open(self, key: str, byte_range: str | None) -> tuple[dict[str, Any], bytes | None]:
        answer = self._blobs.open(key, byte_range)
        small = int(answer["ContentLength"]) <= SMALL
        return answer, answer["Body"].read() if small else None

    async def portions(self, opened: Opened) -> AsyncIterator[bytes]:
        while portion := await self._within(PATIENCE, partial(opened.body.read, PORTION)):
            yield portion

    async def remove(self, key: str) -> None:
        await self._within(PATIENCE, partial(self._blobs.delete, [key]))

    async def delete(self, prefix: str) -> None:
        await self._within(PATIENCE, partial(self._delete, prefix))

    def _delete(self, prefix: str) -> None:
        self._blobs.delete(self._blobs.keys(f"{prefix}/"))

    async def ready(self) -> bool:
        try:
            return await self._within(PATIENCE / 2, self._blobs.answers)
        except Problem:
            return False

    async def _within(self, seconds: float, call: Callable[[], Result]) -> Result:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                return await loop.run_in_executor(self._threads, tracing.carried(call))
        except TimeoutError as error:
            log.warning("the store is slow")
            raise store_away() from error
        except TryAgain as error:
            if _out_of_range(error):
                raise OutOfRange from error
            log.warning("the store is away", error=str(error))
            raise store_away() from error


def _out_of_range(error: TryAgain) -> bool:
    cause = error.__cause__
    if not isinstance(cause, ClientError):
        return False
    answer = cause.response
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status == 416 or answer.get("Error", {}).get("Code") == "InvalidRange"


def store_away() -> Problem:
    return away("store-away", "photos cannot be stored or fetched now; try again in a moment")
