"""Services know each other by a token; whoever has none is from outside.

``IMGCAP_INTERNAL_TOKEN`` may hold two with a comma between: the first is sent, both are taken, so
that a token can be changed while services come and go. Without one a service listens to loopback
only to those on the same machine, and elsewhere to nobody.
"""

import hmac
import ipaddress
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.problems import Problem

#: Anybody may ask how a process is; an orchestrator has no token.
OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
SHORTEST = 16
MOST = 2


def tokens_of(secret: SecretStr | None) -> tuple[bytes, ...]:
    """Raises ``ValueError`` for tokens that could be guessed."""
    text = secret.get_secret_value() if secret else ""
    tokens = tuple(token.strip() for token in text.split(",") if token.strip())
    if len(tokens) > MOST or any(
        len(token) < SHORTEST or not token.isascii() or not token.isprintable() for token in tokens
    ):
        raise ValueError(
            f"IMGCAP_INTERNAL_TOKEN: one token, or two with a comma between, each of at least"
            f" {SHORTEST} plain characters"
        )
    return tuple(token.encode() for token in tokens)


def credentials(secret: SecretStr | None) -> Mapping[str, str]:
    """The header that tells another service who asks."""
    tokens = tokens_of(secret)
    if not tokens:
        return MappingProxyType({})
    return MappingProxyType({"Authorization": f"Bearer {tokens[0].decode()}"})


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
        names = [name for name, _ in scope["headers"]]
        if any(name.startswith(b"x-forwarded-") or name == b"forwarded" for name in names):
            return False  # it came through a proxy, so it came from outside
        if self._trusting:
            return True
        sent = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(sent) != 1 or not sent[0].startswith(b"Bearer "):
            return False
        token = sent[0].removeprefix(b"Bearer ")
        # All are compared, so that the time says nothing about which.
        return sum(hmac.compare_digest(token, known) for known in self._tokens) > 0
