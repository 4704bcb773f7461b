"""A span around every answer of a service, under the span of whoever asked."""

from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common import tracing

#: What the public door begins a trace for; a stream of news is open for hours and is none.
PUBLIC, ENDLESS = "/api/", "/api/events"
#: Answers from here on say that we failed, not the one who asked.
OUR_FAULT = 500


class Traced:
    """Outermost. Inside, only what belongs to a trace already is followed: no probes, no pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope.get("headers", ()))
        parent = "" if tracing.is_public() else headers.get(b"traceparent", b"").decode("latin-1")
        if scope["type"] != "http" or not (parent or _begins(scope["path"])):
            return await self._app(scope, receive, send)
        photo = _photo_of(scope["path"]) or _baggage(headers)
        known = {"photo_id": photo} if photo else {}
        method = str(scope["method"])
        with tracing.span(
            method, parent=parent, kind="server", **known, **{"http.request.method": method}
        ) as opened:
            trace_id = tracing.trace_of(tracing.current())
            with structlog.contextvars.bound_contextvars(trace_id=trace_id, **known):
                await self._app(scope, receive, _noting(send, opened))
            opened.update_name(f"{method} {_template(scope)}")


def _noting(send: Send, opened: Any) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            opened.set_attribute("http.response.status_code", message["status"])
            if message["status"] >= OUR_FAULT:
                from opentelemetry.trace import StatusCode

                opened.set_status(StatusCode.ERROR)
        await send(message)

    return sending


def _begins(path: str) -> bool:
    return tracing.is_public() and path.startswith(PUBLIC) and path != ENDLESS


def _photo_of(path: str) -> str:
    found = tracing.UUID.search(path)
    return found[0] if found else ""


def _baggage(headers: dict[bytes, bytes]) -> str:
    """Only from inside: what a public client calls a photo is not ours to repeat."""
    return "" if tracing.is_public() else _photo_of(headers.get(b"baggage", b"").decode("latin-1"))


def _template(scope: Scope) -> str:
    """What is answered before any routing is a path of ours; others may be anybody's invention."""
    if route := scope.get("route"):
        return str(route.path)
    return "other" if tracing.is_public() else tracing.UUID.sub("{photo_id}", str(scope["path"]))


def traced(app: ASGIApp) -> ASGIApp:
    return Traced(app) if tracing.on() else app
