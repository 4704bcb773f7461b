"""Asks a pool of children about photos in memory, from tests that are not coroutines."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from types import TracebackType
from typing import Any, Self

from PIL import Image

from services.gateway.pixels import SNIFF_BYTES, PixelPool, Pixels, Refusal, sniff

Rgb = tuple[int, int, int]
PATIENCE = 20.0
#: Where tests may have put a photo.
ANYWHERE = Path(gettempdir())


@dataclass(frozen=True)
class Outcome:
    """What became of a photo."""

    verdict: str
    seconds: float
    pixels: Pixels | None = None
    refusal: Refusal | None = None

    @property
    def cpu_seconds(self) -> float:
        """Of the child: the wall clock of a shared machine says nothing."""
        said = self.pixels or self.refusal
        return said.cost.cpu_seconds if said and said.cost else 0.0

    @property
    def peak_bytes(self) -> int:
        said = self.pixels or self.refusal
        return said.cost.peak_bytes if said and said.cost else 0


async def read(pool: PixelPool, path: Path) -> Outcome:
    """As the gateway does it: sniff, then read."""
    started = time.monotonic()
    try:
        with path.open("rb") as file:
            content_type = sniff(file.read(SNIFF_BYTES))
        pixels = await pool.read(path, content_type)
        return Outcome("ok", time.monotonic() - started, pixels=pixels)
    except Refusal as refusal:
        return Outcome(refusal.code, time.monotonic() - started, refusal=refusal)


class Reader:
    """A pool of two that reads bytes."""

    def __init__(self, runner: asyncio.Runner, folder: Path, *, gps: bool = True) -> None:
        self.runner, self.folder = runner, folder
        self.pool = PixelPool(2, folder, gps=gps)

    def __enter__(self) -> Self:
        self.runner.run(self.pool.start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.runner.run(self.pool.close())

    def outcome(self, content: bytes) -> Outcome:
        path = self.folder / "photo"
        path.write_bytes(content)
        return self.runner.run(read(self.pool, path))

    def pixels(self, content: bytes) -> Pixels:
        outcome = self.outcome(content)
        assert outcome.pixels is not None, outcome.refusal
        return outcome.pixels


def picture(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as photo:
        return photo.convert("RGB")


def corners(content: bytes) -> list[Rgb]:
    """The colours in the middles of the four quadrants of a derivative."""
    photo = picture(content)
    across, down = (
        (photo.width // 4, photo.width * 3 // 4),
        (photo.height // 4, photo.height * 3 // 4),
    )
    found = []
    for y in down:
        for x in across:
            pixel = photo.getpixel((x, y))
            assert isinstance(pixel, tuple)
            found.append((int(pixel[0]), int(pixel[1]), int(pixel[2])))
    return found


def alike(one: Rgb, other: Rgb, tolerance: int) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


@asynccontextmanager
async def opened(
    workers: int = 1, photos: Path = ANYWHERE, **options: Any
) -> AsyncIterator[PixelPool]:
    pool = PixelPool(workers, photos, **options)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
