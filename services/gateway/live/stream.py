"""GET /api/events"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from starlette.types import Receive, Scope, Send

from services.common.problems import Problem
from services.gateway.door import OpenDoor
from services.gateway.live.hub import Hub, Page
from services.gateway.live.news import HEARTBEAT, RELOAD, position

Write = Callable[[bytes], Awaitable[None]]

router = APIRouter(tags=["status"])

#: What a browser waits before it comes back, in milliseconds.
RETRY = b"retry: 2000\n\n"
#: Seconds between two questions to search, while a page has not been brought up to date.
SEARCH_AGAIN = 2.0
LAST_WORDS = 1.0
LARGEST_SEQ = 2**63 - 1
EXAMPLE = (
    "event: photo\nid: 42\n"
    'data: {"id": "7c0e2f5a-6f0b-5d3c-9a44-5f2b6d1f8a10", "status": "ready",'
    ' "stage": "searchable", "generation": 1, "reason": null}\n'
)


class EventStream(Response):
    """Ends when the client goes, when it falls too far behind, and when the gateway stops."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, after: int | None, heartbeat: float) -> None:
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._hub, self._after, self._heartbeat = hub, after, heartbeat

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        with self._hub.page() as page:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            telling = asyncio.ensure_future(self._tell(page, send))
            ends = [
                telling,
                asyncio.ensure_future(page.let_go.wait()),
                asyncio.ensure_future(_gone(receive)),
            ]
            try:
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                if telling.done():
                    telling.result()
            finally:
                for end in ends:
                    end.cancel()
                await asyncio.gather(*ends, return_exceptions=True)
        with suppress(TimeoutError):  # a page that reads nothing does not read the end either
            async with asyncio.timeout(LAST_WORDS):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, page: Page, send: Send) -> None:
        async def write(message: bytes) -> None:
            await send({"type": "http.response.body", "body": message, "more_body": True})

        await write(RETRY)
        up_to_date = await self._greet(write, late=False)
        while True:
            seconds = self._heartbeat if up_to_date else min(SEARCH_AGAIN, self._heartbeat)
            try:
                async with asyncio.timeout(seconds):
                    message = await page.news.get()
            except TimeoutError:
                message = HEARTBEAT
            await write(message)
            up_to_date = up_to_date or await self._greet(write, late=True)

    async def _greet(self, write: Write, *, late: bool) -> bool:
        """Where the page stands, or what it missed; False while search cannot say."""
        try:
            if self._after is None:
                latest = await self._hub.latest()
                await write(RELOAD + position(latest) if late else position(latest))
                return True
            missed = await self._hub.missed_by(self._after)
            if missed is None:
                await write(RELOAD + position(await self._hub.latest()))
            else:
                await write(b"".join(news.to_wire() for news in missed))
        except Problem:
            return False
        return True


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@router.get(
    "/api/events",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {"example": EXAMPLE}}}},
)
async def listen(
    door: OpenDoor,
    last_event_id: Annotated[str, Header(max_length=30)] = "",
    after: Annotated[int | None, Query(ge=0, le=LARGEST_SEQ)] = None,
) -> Response:
    """What happens to photos, as it happens (server-sent events).

    `event: photo` is one photo's new status; `event: reload` says that more was missed than can be
    told. A client that comes back with `Last-Event-ID` (or `?after=`) is told what it missed.
    """
    number = last_event_id if last_event_id.isascii() and last_event_id.isdigit() else ""
    seen = min(int(number), LARGEST_SEQ) if number else after
    return EventStream(door.hub, seen, door.settings.heartbeat)
