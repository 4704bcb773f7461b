"""HTTP for a rough world: every stage of a request has a deadline, without a proxy in front.

uvicorn waits for ever for the rest of a header or a body. This protocol, given to it as ``http=``,
hangs up on whoever stands still. A client that only waits for us is never hung up on.
"""

import json
from asyncio import AbstractEventLoop, BaseTransport, TimerHandle, Transport
from collections.abc import Callable
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from services.gateway.settings import DeadlineSettings

#: What we have said before hanging up should be read within this many seconds.
LAST_WORDS = 2.0


class ClockedFlow(FlowControl):
    """Knows for how long it was us who did not want more."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        super().__init__(transport)
        self._loop, self._paused_at, self._paused_for = loop, 0.0, 0.0

    @property
    def paused_seconds(self) -> float:
        now = self._loop.time() - self._paused_at if self.read_paused else 0.0
        return self._paused_for + now

    def pause_reading(self) -> None:
        if not self.read_paused:
            self._paused_at = self._loop.time()
        super().pause_reading()

    def resume_reading(self) -> None:
        if self.read_paused:
            self._paused_for += self._loop.time() - self._paused_at
        super().resume_reading()


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a clock."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
        *,
        deadlines: DeadlineSettings,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._deadlines = deadlines
        self._reading: TimerHandle | None = None  # the clock of the header, then of the body
        self._unread: TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None
        self._refused = False
        self._in_header, self._header_only, self._header_bytes = True, True, 0
        self._began = self._last = 0.0  # of a body, in seconds that were not ours
        self._received = 0

    # --- connection

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast(Transport, transport))
        self.flow = ClockedFlow(self.transport, self.loop)
        if len(self.connections) > self._deadlines.connections:
            return self._refuse(503, "busy", "too many connections; try again in a moment")
        self._expect(self._deadlines.header, self._header_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self._read_at_last()
        if self._answering is not None:  # uvicorn tells only the request that came last
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._header_only = self._in_header
        super().data_received(data)
        if self._refused or not self._in_header:
            return
        if self._reading is None and (self.cycle is None or self.cycle.response_complete):
            self._expect(self._deadlines.header, self._header_late)
        if self._header_only:
            self._header_bytes += len(data)
            if self._header_bytes > self._deadlines.header_bytes:
                self._header_too_large()

    # --- header

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_header, self._header_bytes = True, 0
        self._expect(self._deadlines.header, self._header_late)

    def on_headers_complete(self) -> None:
        if self._refused:
            return
        self._in_header = self._header_only = False
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self._deadlines.header_bytes:
            return self._header_too_large()
        self._received, self._began = 0, self._now()
        self._last = self._began
        self._expect(self._deadlines.body, self._body_late)
        super().on_headers_complete()

    def _header_late(self) -> None:
        self._refuse(408, "too-slow", "the header took too long")

    def _header_too_large(self) -> None:
        self._refuse(431, "header-too-large", "the header has too many bytes")

    # --- body

    def on_body(self, body: bytes) -> None:
        if self._refused:
            return
        self._received += len(body)
        self._last = self._now()
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._refused:
            return
        self._expect_nothing()
        self._in_header, self._header_bytes = True, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body and not self._refused:
            # Answered early (413): hear the rest out, or the client never gets to our answer.
            self._expect(self._deadlines.linger, self._hang_up)

    def _now(self) -> float:
        """A clock that stands still while we are the slow ones."""
        return float(self.loop.time() - cast(ClockedFlow, self.flow).paused_seconds)

    def _body_late(self) -> None:
        """Hang up if the time is over; else look again at the earliest moment when it can be."""
        pace = self._deadlines
        whole = self._began + pace.body + self._received / pace.bytes_per_second
        left = min(whole, self._last + pace.body) - self._now()
        if left > 0:
            self._expect(max(left, 0.05), self._body_late)
        else:
            self._refuse(408, "too-slow", "the body came too slowly")

    # --- answer

    def pause_writing(self) -> None:
        super().pause_writing()
        self._read_at_last()
        self._unread = self.loop.call_later(self._deadlines.unread, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_at_last()

    def _read_at_last(self) -> None:
        if self._unread is not None:
            self._unread.cancel()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._abort_soon()

    def shutdown(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self._abort_soon()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "bad-request", msg)

    # --- the end

    def _expect(self, seconds: float, late: Callable[[], None]) -> None:
        self._expect_nothing()
        self._reading = self.loop.call_later(seconds, late)

    def _expect_nothing(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _refuse(self, status: int, code: str, detail: str) -> None:
        """The last answer of this connection, unless another one is under way."""
        self._refused = True
        if self._answering is None or self._answering.response_complete:
            silent = True
        else:
            silent = self._answering is self.cycle and not self.cycle.response_started
        if silent and not self.transport.is_closing():
            self.transport.write(_problem(status, code, detail))
        self._hang_up()

    def _hang_up(self) -> None:
        self._expect_nothing()
        if not self.transport.is_closing():
            self.transport.close()
        self._abort_soon()

    def _abort_soon(self) -> None:
        """Closing waits until everything is sent; whoever does not read would hold us for ever."""
        self.loop.call_later(LAST_WORDS, self.transport.abort)


def _problem(status: int, code: str, detail: str) -> bytes:
    phrase = STATUS_LINE[status].split(b" ", 2)[2].strip().decode()
    body = json.dumps(
        {
            "type": f"urn:imgcap:{code}",
            "title": phrase,
            "status": status,
            "detail": detail,
            "code": code,
        }
    ).encode()
    retry = b"retry-after: 2\r\n" if status == 503 else b""
    head = (
        STATUS_LINE[status]
        + b"content-type: application/problem+json\r\nx-content-type-options: nosniff\r\n"
        + b"connection: close\r\n"
        + retry
    )
    return head + b"content-length: %d\r\n\r\n" % len(body) + body
