"""Reads photos in warm child processes, one photo per child at a time."""

import asyncio
import contextlib
from pathlib import Path

import structlog

from services.gateway.pixels import limits as at_most
from services.gateway.pixels.answer import Pixels, pixels_of
from services.gateway.pixels.frames import Nonsense
from services.gateway.pixels.refusal import Refusal
from services.gateway.pixels.worker import Child, Ended, Limits

log = structlog.get_logger(__name__)
#: What has to be there for a seal.
NEEDED = {"files": "Linux 5.13 with Landlock", "network": "libseccomp2"}


class PoolUnready(Exception):
    """There is no child to ask: the machine is at fault, not the photo."""


class Seat:
    """A place for one child; when its child ends, the next one sits down."""

    def __init__(self) -> None:
        self.child: Child | None = None

    async def taken(self, limits: Limits) -> Child:
        """The child that sits here, a new one if the last has ended."""
        if self.child is not None and not self.child.alive:
            await self.empty()
        if self.child is None:
            try:
                self.child = await Child.start(limits)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, Nonsense) as error:
                raise PoolUnready(f"no child could be started: {error!r}") from error
        return self.child

    async def empty(self) -> None:
        child, self.child = self.child, None
        if child is not None:
            await child.kill()


class PixelPool:
    """``workers`` photos at once. A photo that ends, hangs or confuses its child is refused, the
    child is replaced, and the other children notice nothing. Photos lie below ``photos``: a child
    can read no other file.
    """

    def __init__(
        self,
        workers: int,
        photos: Path,
        *,
        gps: bool = False,
        wall_seconds: float = at_most.WALL_SECONDS,
        cpu_seconds: float = at_most.CPU_SECONDS,
        memory_bytes: int = at_most.MEMORY_BYTES,
        photos_per_child: int = at_most.PHOTOS_PER_CHILD,
    ) -> None:
        self._seats = [Seat() for _ in range(workers)]
        self._free: asyncio.LifoQueue[Seat] = asyncio.LifoQueue()  # the warmest first
        self._changes: set[asyncio.Task[None]] = set()
        self._limits = Limits(memory_bytes, cpu_seconds, wall_seconds, photos)
        self._gps, self._photos_per_child = gps, photos_per_child
        self._open = False

    async def start(self) -> None:
        """Return when all children are warm; raises ``PoolUnready``."""
        starts = (seat.taken(self._limits) for seat in self._seats)
        for outcome in await asyncio.gather(*starts, return_exceptions=True):
            if isinstance(outcome, BaseException):
                await self.close()
                raise outcome
        for seat in self._seats:
            self._free.put_nowait(seat)
        self._open = True
        for what in self.unsealed:
            log.warning(
                f"this machine cannot keep the {what} from the processes that read photos",
                needs=NEEDED[what],
            )

    async def close(self) -> None:
        """End all children. Whoever still waits for a photo gets ``PoolUnready``."""
        self._open = False
        for change in self._changes:
            change.cancel()
        await asyncio.gather(*self._changes, return_exceptions=True)
        await asyncio.gather(*(seat.empty() for seat in self._seats))

    @property
    def unsealed(self) -> set[str]:
        """What this machine cannot keep from the children."""
        return {what for seat in self._seats if seat.child for what in seat.child.unsealed}

    @property
    def pids(self) -> set[int]:
        """The living children."""
        return {seat.child.pid for seat in self._seats if seat.child and seat.child.alive}

    async def read(self, path: Path, content_type: str) -> Pixels:
        """Raises ``Refusal`` when the photo is at fault, ``PoolUnready`` when the machine is."""
        self._check_open()
        seat = await self._free.get()
        well = False
        try:
            self._check_open()
            pixels = await self._look(seat, path, content_type)
            well = True
            return pixels
        except Refusal as refusal:
            well = refusal.__cause__ is None  # the child's own answer: it is fine
            raise
        finally:
            self._leave(seat, well)

    def _check_open(self) -> None:
        if not self._open:
            raise PoolUnready("the pool is not open")

    async def _look(self, seat: Seat, path: Path, content_type: str) -> Pixels:
        child = await seat.taken(self._limits)
        request = {"path": str(path.absolute()), "content_type": content_type, "gps": self._gps}
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                header, parts = await child.ask(request)
            return pixels_of(header, parts, content_type)
        except TimeoutError as error:
            raise Refusal("timeout") from error
        except Ended as error:
            self._check_open()  # or it was ``close`` that ended it
            raise Refusal(error.code) from error
        except Nonsense as error:
            raise Refusal("undecodable") from error

    def _leave(self, seat: Seat, well: bool) -> None:
        """Free the seat, after a change of child when that is due."""
        worn = seat.child is not None and seat.child.asked >= self._photos_per_child
        if (well and not worn) or not self._open:
            self._free.put_nowait(seat)
            return
        change = asyncio.get_running_loop().create_task(self._change(seat))
        self._changes.add(change)
        change.add_done_callback(self._changes.discard)

    async def _change(self, seat: Seat) -> None:
        try:
            await seat.empty()
            with contextlib.suppress(PoolUnready):  # the next photo tries again, and says so
                await seat.taken(self._limits)
        finally:
            self._free.put_nowait(seat)
