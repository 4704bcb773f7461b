"""What is checked before any route is asked, and the headers that every answer carries.

Pure ASGI, outermost: a page of somebody else's must neither read from the gallery (names that lead
here by DNS rebinding) nor write to it (requests that a browser says come from another site).
"""

import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.problems import Problem

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
#: Of a request that brings no file: a person's tags for one photo are the largest.
PLAIN_BODY_BYTES = 64 * 1024
UPLOAD_PATHS = ("/api/photos", "/api/search/by-photo")
KEYWORDS_PATH, KEYWORDS_BYTES = "/api/keywords", 20_000_000

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"x-frame-options", b"DENY"),
    # What may be kept says so itself.
    (b"cache-control", b"no-store"),
    # Answers that are shown (the page, the photos) bring a policy of their own.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class BodyTooLarge(HTTPException):
    """An HTTPException, because FastAPI hides any other that comes up while it reads a body."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"the body may have at most {most} bytes")

    def problem(self) -> Problem:
        return Problem(413, "too-large", str(self.detail))


class Guard:
    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], upload_bytes: int) -> None:
        self._app, self._upload_bytes = app, upload_bytes
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        most = self._most(scope)
        objection = (
            self._wrong_host(scope, headers)
            or _cross_site(scope, headers)
            or _too_large(headers, most)
        )
        if objection:
            return await objection.response()(scope, receive, _with_headers(send))
        await self._app(scope, _counted(receive, most), _with_headers(send))

    def _most(self, scope: Scope) -> int:
        if scope["method"] != "POST":
            return PLAIN_BODY_BYTES
        if scope["path"] == KEYWORDS_PATH:
            return KEYWORDS_BYTES
        return self._upload_bytes if scope["path"] in UPLOAD_PATHS else PLAIN_BODY_BYTES

    def _wrong_host(self, scope: Scope, headers: dict[bytes, bytes]) -> Problem | None:
        names = sum(name == b"host" for name, _ in scope["headers"])
        if names == 1 and self._ours(headers[b"host"].decode("latin-1").lower()):
            return None
        return Problem(
            421, "unknown-host", "this name is not ours; the setting IMGCAP_HOSTS names more"
        )

    def _ours(self, host: str) -> bool:
        name = _without_port(host)
        if name == "localhost" or name.endswith(".localhost") or name in self._hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return any(
                allowed.startswith("*.") and name.endswith(allowed[1:]) for allowed in self._hosts
            )
        return True  # an address leads to whoever has it, no DNS can say otherwise


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0] if "]" in host else ""
    return host.partition(":")[0]


def _cross_site(scope: Scope, headers: dict[bytes, bytes]) -> Problem | None:
    """Browsers tell; what is no browser says nothing and carries nobody's rights by accident."""
    if scope["method"] in SAFE_METHODS:
        return None
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        foreign = site not in (b"same-origin", b"none")
    else:
        origin = headers.get(b"origin")
        foreign = origin is not None and _authority(origin) != headers.get(b"host", b"").lower()
    if not foreign:
        return None
    return Problem(403, "cross-site", "pages of other sites may not change anything here")


def _authority(origin: bytes) -> bytes:
    try:
        return urlsplit(origin.decode("latin-1")).netloc.lower().encode("latin-1")
    except ValueError:
        return b""


def _too_large(headers: dict[bytes, bytes], most: int) -> Problem | None:
    length = headers.get(b"content-length", b"0")
    return BodyTooLarge(most).problem() if length.isdigit() and int(length) > most else None


def _counted(receive: Receive, most: int) -> Receive:
    """For bodies that do not say their length."""
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise BodyTooLarge(most)
        return message

    return counting


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[Any] = list(message.get("headers", ()))
            present = {name for name, _ in headers}
            headers.extend(header for header in HEADERS if header[0] not in present)
            message["headers"] = headers
        await send(message)

    return sending
