"""Photos of one request: each is taken or refused on its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from services.common.problems import Problem, away
from services.gateway.answers import Accepted, Refused, Uploaded
from services.gateway.filenames import clean_filename
from services.gateway.keep import KeepPhoto
from services.gateway.metrics import UPLOAD_BYTES, UPLOAD_SECONDS, UPLOADS, UPLOADS_REFUSED
from services.gateway.multipart import Form
from services.gateway.pixels import Pixels, PoolUnready, Refusal
from services.gateway.settings import UploadSettings
from services.gateway.spool import Spool, SpooledPhoto

log = structlog.get_logger(__name__)

Worked = TypeVar("Worked")

#: Of one form: the rest of the form waits in its connection.
AT_ONCE_PER_FORM = 4
STATUS_OF = {"unsupported-type": 415, "too-large": 413}


@dataclass(frozen=True)
class Refusing:
    """A photo that was not taken; ``status`` would be the answer's if it were alone."""

    refused: Refused
    status: int

    def problem(self) -> Problem:
        headers = {"Retry-After": "2"} if self.status == 503 else None
        return Problem(self.status, self.refused.code, self.refused.message, headers=headers)


@dataclass
class Outcome:
    """What became of a request's photos, in their order."""

    photos: list[Accepted | Refusing] = field(default_factory=list)

    @property
    def accepted(self) -> list[Accepted]:
        return [photo for photo in self.photos if isinstance(photo, Accepted)]

    @property
    def refusing(self) -> list[Refusing]:
        return [photo for photo in self.photos if isinstance(photo, Refusing)]

    def answer(self) -> tuple[int, Uploaded]:
        """Raises ``Problem`` when nothing was taken."""
        accepted, errors = self.accepted, [refusing.refused for refusing in self.refusing]
        if not accepted:
            raise self._problem(errors)
        status = 200 if all(photo.duplicate for photo in accepted) else 202
        return status, Uploaded(photos=accepted, errors=errors)

    def _problem(self, errors: list[Refused]) -> Problem:
        if not errors:
            return Problem(400, "no-photos", "there is no photo in the request")
        statuses = {refusing.status for refusing in self.refusing}
        worst = max(statuses)
        status = worst if worst >= 500 or len(statuses) == 1 else 422
        first = next(refusing.refused for refusing in self.refusing if refusing.status == worst)
        return Problem(
            status,
            first.code,
            first.message if len(errors) == 1 else f"none of {len(errors)} photos was taken",
            headers={"Retry-After": "2"} if status == 503 else None,
            errors=[error.model_dump() for error in errors],
        )


class Reception:
    """As many photos at once as the machine bears; the others wait for their turn."""

    def __init__(self, spool: Spool, keep: KeepPhoto, limits: UploadSettings) -> None:
        self._spool, self._keep, self._limits = spool, keep, limits
        self._turns = asyncio.Semaphore(limits.at_once)

    def refuse(self, claimed: str, refusal: Refusal) -> Outcome:
        return Outcome([_refusing(clean_filename(claimed), _problem_of(refusal))])

    async def take_photo(self, body: AsyncIterator[bytes], claimed: str) -> Outcome:
        with ExitStack() as place:
            return Outcome([await self._take(place, body, clean_filename(claimed))])

    async def look_at(self, body: AsyncIterator[bytes]) -> Pixels:
        """A photo that is not kept. Raises ``Problem`` as an upload of it would."""
        with ExitStack() as place:
            spooled = await self._spool_photo(place, body, "")
            seen = (
                spooled
                if isinstance(spooled, Refusing)
                else await self._in_turn(self._keep.see(spooled), "")
            )
        if isinstance(seen, Refusing):
            raise Problem(seen.status, seen.refused.code, seen.refused.message)
        return seen

    async def take_form(self, content_type: str, body: AsyncIterator[bytes]) -> Outcome:
        """Photos are worked on while the next ones come in."""
        form = Form(content_type, body, max_files=self._limits.max_files)
        room = asyncio.Semaphore(AT_ONCE_PER_FORM)
        tasks: list[asyncio.Task[Accepted | Refusing]] = []
        try:
            async for claimed in form.files():
                await room.acquire()
                filename, place = clean_filename(claimed), ExitStack()
                spooled = await self._spool_photo(place, form.content(), filename)
                task = asyncio.create_task(self._finish(place, spooled, filename))
                task.add_done_callback(lambda _: room.release())
                tasks.append(task)
        except Problem as problem:  # what has been taken so far stays taken
            return Outcome([*await asyncio.gather(*tasks), _refusing("", problem)])
        finally:
            await asyncio.gather(*tasks)
        return Outcome([task.result() for task in tasks])

    async def _take(
        self, place: ExitStack, body: AsyncIterator[bytes], filename: str
    ) -> Accepted | Refusing:
        return await self._finish(place, await self._spool_photo(place, body, filename), filename)

    async def _spool_photo(
        self, place: ExitStack, body: AsyncIterator[bytes], filename: str
    ) -> SpooledPhoto | Refusing:
        """Whatever else goes wrong with the body is the whole request's affair."""
        photo = place.enter_context(self._spool.place())
        try:
            return await self._spool.take(photo, body, most=self._limits.max_bytes)
        except Refusal as refusal:
            place.close()
            return _refusing(filename, _problem_of(refusal))
        except BaseException:
            place.close()
            raise

    async def _finish(
        self, place: ExitStack, spooled: SpooledPhoto | Refusing, filename: str
    ) -> Accepted | Refusing:
        if isinstance(spooled, Refusing):
            return spooled
        began = time.perf_counter()
        with place:
            taken = await self._in_turn(self._keep(spooled, filename), filename)
        match taken:
            case Accepted(duplicate=duplicate):
                outcome = "duplicate" if duplicate else "kept"
                UPLOADS.labels(outcome).inc()
                UPLOAD_BYTES.inc(spooled.bytes)
            case _:
                outcome = "refused"
        UPLOAD_SECONDS.labels(outcome).observe(time.perf_counter() - began)
        return taken

    async def _in_turn(self, work: Coroutine[Any, Any, Worked], filename: str) -> Worked | Refusing:
        try:
            async with asyncio.timeout(self._limits.patience):
                await self._turns.acquire()
        except TimeoutError:
            work.close()
            return _refusing(filename, away("busy", "too many photos at once; try again"))
        try:
            return await work
        except Refusal as refusal:
            return _refusing(filename, _problem_of(refusal))
        except PoolUnready:
            return _refusing(filename, away("pixels-away", "photos cannot be read now; try again"))
        except Problem as problem:
            return _refusing(filename, problem)
        finally:
            self._turns.release()


def _problem_of(refusal: Refusal) -> Problem:
    return Problem(STATUS_OF.get(refusal.code, 422), refusal.code, refusal.message)


def _refusing(filename: str, problem: Problem) -> Refusing:
    UPLOADS_REFUSED.labels(problem.code).inc()
    log.info("not taken", filename=filename, code=problem.code, detail=problem.detail)
    refused = Refused(filename=filename, code=problem.code, message=problem.detail)
    return Refusing(refused, problem.status)
