"""The door of a service that only other services may use."""

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.internal import inside, is_loopback, tokens_of
from services.common.problems import Problem

#: Anybody may ask how a process is; an orchestrator has no token.
OPEN = frozenset({"/healthz", "/readyz", "/metrics"})


class Inside:
    """Lets nobody in but services. Pure ASGI, outermost."""

    def __init__(self, app: ASGIApp, secret: SecretStr | None, host: str) -> None:
        self._app, self._tokens = app, tokens_of(secret)
        self._trusting = not self._tokens and is_loopback(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN and not self._knows(scope):
            answer = Problem(
                401,
                "not-inside",
                "this is for imgcap's own services",
                headers={"WWW-Authenticate": "Bearer"},
            )
            return await answer.response()(scope, receive, send)
        await self._app(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        return inside(scope["headers"], self._tokens, trusting=self._trusting)
