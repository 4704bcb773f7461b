"""The search service as the gateway sees it: every call has a deadline, every answer a meaning."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

import structlog
from fastapi import Response
from pydantic import BaseModel, SecretStr, ValidationError

from services.common import tracing
from services.common.internal import credentials
from services.common.lifecycle import Changes, PhotoState, Reservation, Reserved
from services.common.problems import MEDIA_TYPE, Problem, away
from services.gateway.line import Answer, Line, NoAnswer
from services.gateway.who.acting import acting
from services.gateway.who.privacy import seen_by

log = structlog.get_logger(__name__)

Model = TypeVar("Model", bound=BaseModel)

#: Search answers in milliseconds; its own patience with a frozen database is shorter than this.
PATIENCE = 3.5
CONNECT = 1.0
ROOT = "/internal/v1"
#: A connection that breaks at once is tried again after these pauses: search may be restarting.
PAUSES = (0.05, 0.2, 0.6)


class SearchAway(Exception):
    """No answer. ``perhaps``: the call may have been carried out all the same."""

    def __init__(self, text: str, *, perhaps: bool) -> None:
        super().__init__(text)
        self.perhaps = perhaps

    def problem(self) -> Problem:
        return away("search-away", "the gallery does not answer; try again in a moment")


class SearchService:
    """``/internal/v1`` for one owner's photos."""

    def __init__(self, url: str, token: SecretStr | None = None) -> None:
        self._line = Line(url, credentials(token), connect=CONNECT, silence=PATIENCE)
        # A kept line may lead to a search that is leaving; whoever comes anew gets another.
        self._fresh = Line(url, {}, connect=CONNECT, silence=PATIENCE, keep=False)

    async def close(self) -> None:
        await self._line.close()
        await self._fresh.close()

    # --- passed on as they are

    async def pass_on(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any],
        *,
        content: bytes | None = None,
        again: bool = True,
    ) -> Response:
        """Search's own answer, byte for byte. ``again``: twice does no more than once."""
        answer = await self._ask(method, path, dict(params), content=content, again=again)
        _raise_if_unwell(answer, path)
        if answer.status == 204:
            return Response(status_code=204)
        media_type = answer.content_type or "application/json"
        told = answer.content
        if media_type.startswith("application/json"):
            told = seen_by(acting(), told)
        return Response(told, answer.status, media_type=media_type)

    # --- read here

    async def state(
        self, photo_id: UUID, owner: str, *, patience: float = PATIENCE
    ) -> PhotoState | None:
        """None for a photo never seen; raises ``Problem`` when search cannot say."""
        path = f"/photos/{photo_id}/state"
        answer = await self._ask("GET", path, {"owner": owner}, patience=patience)
        return None if _code(answer) == "no-such-photo" else _read(PhotoState, answer)

    async def reserve(self, reservation: Reservation) -> Reserved:
        content = reservation.model_dump_json().encode()
        return _read(Reserved, await self._ask("POST", "/photos:reserve", {}, content=content))

    async def commit(self, photo_id: UUID, generation: int) -> PhotoState:
        """Raises ``SearchAway`` when nobody knows whether it was done."""
        content = b'{"generation": %d}' % generation
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._send(
                    "POST", f"/photos/{photo_id}:commit", {}, content=content, again=True
                )
        except TimeoutError as error:
            raise SearchAway("no answer in time", perhaps=True) from error
        if answer.status >= 500:
            raise SearchAway(f"search says {answer.status}", perhaps=True)
        return _read(PhotoState, answer)

    async def changes(self, owner: str, after: int, limit: int) -> Changes:
        fields = {"owner": owner, "after": after, "limit": limit}
        return _read(Changes, await self._ask("GET", "/changes", fields))

    async def latest_seq(self, owner: str) -> int:
        answer = await self._ask("GET", "/seq", {"owner": owner})
        return _read(Seq, answer).seq

    async def ready(self) -> bool:
        try:
            async with asyncio.timeout(2.0):
                return (await self._fresh.send("GET", "/readyz", {})).status == 200
        except (NoAnswer, TimeoutError):
            return False

    # --- sending

    async def _ask(
        self,
        method: str,
        path: str,
        params: dict[str, Any],
        *,
        content: bytes | None = None,
        again: bool = True,
        patience: float = PATIENCE,
    ) -> Answer:
        """Raises ``Problem`` when there is no answer in time."""
        try:
            async with asyncio.timeout(patience):
                return await self._send(method, path, params, content=content, again=again)
        except SearchAway as error:
            log.warning("search is away", path=path, error=str(error))
            raise error.problem() from error
        except TimeoutError as error:
            log.warning("search is slow", path=path)
            raise SearchAway("no answer in time", perhaps=True).problem() from error

    async def _send(
        self, method: str, path: str, params: dict[str, Any], *, content: bytes | None, again: bool
    ) -> Answer:
        headers = {"Content-Type": "application/json"} if content is not None else {}
        perhaps = False
        for pause in (*PAUSES, None):
            try:
                with tracing.calling("search", f"{method} {path}") as trace:
                    return await self._line.send(
                        method, ROOT + path, params, content=content, headers={**headers, **trace}
                    )
            except NoAnswer as error:
                perhaps = perhaps or error.perhaps
                if pause is None or not error.passing or (perhaps and not again):
                    raise SearchAway(str(error), perhaps=perhaps) from error
            await asyncio.sleep(pause)
        raise AssertionError("the last round returns or raises")


class Seq(BaseModel):
    seq: int


def _code(answer: Answer) -> str:
    """The code of a problem; empty for any other answer."""
    if answer.content_type.partition(";")[0] != MEDIA_TYPE:
        return ""
    try:
        read = answer.json()
    except ValueError:
        return ""
    return str(read.get("code", "")) if isinstance(read, dict) else ""


def _raise_if_unwell(answer: Answer, path: str) -> None:
    if answer.status < 500:
        return
    if answer.status == 503 and (code := _code(answer)):
        detail = str(answer.json().get("detail", ""))
        raise Problem(503, code, detail, headers={"Retry-After": answer.retry_after or "2"})
    log.error("search failed", status=answer.status, path=path)
    raise away("search-away", "the gallery does not answer; try again in a moment")


def _read(model: type[Model], answer: Answer) -> Model:
    """Raises the problem that search speaks of."""
    _raise_if_unwell(answer, model.__name__)
    if code := _code(answer):
        raise Problem(answer.status, code, str(answer.json().get("detail", "")))
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        log.error("search said what we do not understand", error=str(error)[:300])
        raise away("search-away", "the gallery does not answer; try again in a moment") from error
