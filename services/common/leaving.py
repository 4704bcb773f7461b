"""How a server goes: unready at first, then keeping no connection, and only then deaf.

A load balancer needs a while to look elsewhere, and a client that keeps its connection would send
its next request into a closed door.
"""

from threading import Event as Flag

from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNREADY: Message = {
    "type": "http.response.start",
    "status": 503,
    "headers": [(b"content-length", b"0"), (b"connection", b"close")],
}


class Leaving:
    """Pure ASGI, outermost. Nothing is different until ``leaving`` is set."""

    def __init__(self, app: ASGIApp, leaving: Flag) -> None:
        self._app, self._leaving = app, leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if self._leaving.is_set() and scope["path"] == "/readyz":
            await send(UNREADY)
            return await send({"type": "http.response.body"})

        async def parting(message: Message) -> None:
            if message["type"] == "http.response.start" and self._leaving.is_set():
                headers = [*message.get("headers", ()), (b"connection", b"close")]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, parting)
