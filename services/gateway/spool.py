"""Where uploads rest while they come in: on disk, hashed on the way, gone when done with.

Every process has a folder of its own in the spool and holds a lock on it; a folder that nobody
locks was left by a killed gateway and is removed by the next one.
"""

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from services.common.problems import Problem, away
from services.gateway.pixels import SNIFF_BYTES, Refusal

#: Bytes are written and hashed in a thread in portions of this size; it is all that a photo
#: takes of memory meanwhile.
PORTION = 2**20
WRITERS = 4


class SpooledPhoto:
    """One photo's bytes on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes, self.head, self.sha256 = 0, b"", ""
        self._digest = sha256()

    def append(self, file: BinaryIO, portion: bytearray) -> None:
        self._digest.update(portion)
        file.write(portion)

    def finish(self) -> None:
        self.sha256 = self._digest.hexdigest()


class Spool:
    """A folder for photos on their way in, with a limit for all of them together."""

    def __init__(self, parent: Path, *, room: int) -> None:
        self._folder, self._lock = _own_folder(parent)
        self._writers = ThreadPoolExecutor(WRITERS, "spool")
        self._room, self._count = room, 0

    def close(self) -> None:
        self._writers.shutdown(cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)

    @contextmanager
    def place(self) -> Iterator[SpooledPhoto]:
        """A photo to be, gone with its bytes when the context ends."""
        self._count += 1
        photo = SpooledPhoto(self._folder / str(self._count))
        try:
            yield photo
        finally:
            self._room += photo.bytes
            with suppress(FileNotFoundError):
                photo.path.unlink()

    async def take(
        self, photo: SpooledPhoto, chunks: AsyncIterator[bytes], *, most: int
    ) -> SpooledPhoto:
        """Raises ``Refusal`` for a photo over ``most`` bytes, ``Problem`` when the disk is full."""
        loop = asyncio.get_running_loop()
        gathered = bytearray()
        try:
            with photo.path.open("xb") as file:
                async for chunk in chunks:
                    self._count_in(photo, len(chunk), most)
                    gathered += chunk
                    if len(photo.head) < SNIFF_BYTES:
                        photo.head = bytes(gathered[:SNIFF_BYTES])
                    if len(gathered) >= PORTION:
                        portion, gathered = gathered, bytearray()
                        await loop.run_in_executor(self._writers, photo.append, file, portion)
                if gathered:
                    await loop.run_in_executor(self._writers, photo.append, file, gathered)
        except OSError as error:
            raise away("spool-full", "there is no room for uploads now") from error
        photo.finish()
        return photo

    def _count_in(self, photo: SpooledPhoto, size: int, most: int) -> None:
        photo.bytes += size
        self._room -= size
        if photo.bytes > most:
            raise too_large(most)
        if self._room < 0:
            raise Problem(503, "busy", "too many uploads at once", headers={"Retry-After": "5"})


def too_large(most: int) -> Refusal:
    return Refusal("too-large", f"A photo may have at most {most / 2**20:.4g} MiB.")


def _own_folder(parent: Path) -> tuple[Path, int]:
    """A new folder and the lock on it; folders without a master are removed on the way."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if parent.stat().st_uid != os.getuid():
        raise PermissionError(f"{parent} belongs to somebody else")
    for left in parent.iterdir():
        if left.is_dir() and (lock := _locked(left)) is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)
    folder = Path(mkdtemp(dir=parent))
    lock = _locked(folder)
    if lock is None or not folder.exists():  # another gateway was cleaning at this very moment
        return _own_folder(parent)
    return folder, lock


def _locked(folder: Path) -> int | None:
    """None when somebody else holds it."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock
