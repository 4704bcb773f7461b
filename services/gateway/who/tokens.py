"""Tokens: 256 random bits, known to search by their hash only; and the cookies that hold them."""

import re
import secrets
from hashlib import sha256

from fastapi import Request, Response

from services.common.internal import is_loopback
from services.common.problems import Problem

#: Browsers take this name only over https, for the whole host, set by the host itself.
SECURE, PLAIN = "__Host-imgcap", "imgcap"
KEY = re.compile(r"^imgcap_([0-9a-z]{12})_([A-Za-z0-9_-]{43})$")
#: A form of another site can send a cookie along, but no header of its own.
CSRF = "x-imgcap"
DAY = 86_400


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_key() -> tuple[str, str, str]:
    """A key's id, its secret's hash, and the key itself."""
    key_id = "".join(secrets.choice("0123456789abcdefghijklmnopqrstuvwxyz") for _ in range(12))
    secret = new_token()
    return key_id, hash_of(secret), f"imgcap_{key_id}_{secret}"


def cookie_of(request: Request) -> str | None:
    return request.cookies.get(SECURE if request.url.scheme == "https" else PLAIN)


def give(request: Request, response: Response, token: str, days: int) -> None:
    """Always a token of its own: what the browser brought along is forgotten."""
    _set(request, response, token, days * DAY)


def take_back(request: Request, response: Response) -> None:
    _set(request, response, "", 0)


def _set(request: Request, response: Response, token: str, seconds: int) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(
        SECURE if secure else PLAIN,
        token,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def insist_on_privacy(request: Request, *, plain: bool) -> None:
    """Raises ``Problem`` where a password would cross a network in the clear."""
    if request.url.scheme == "https" or plain or is_loopback(request.url.hostname or ""):
        return
    raise Problem(
        403,
        "not-private",
        "passwords are taken over https only; set IMGCAP_PLAIN_HTTP=true for a network you trust",
    )
