"""Counts every call before it is answered. Pure ASGI, inside the guard: what is refused is free.

Whoever signs people in puts their name at ``scope["imgcap.who"]`` ("key …", "user …") when that is
known before the routes; without it the address counts.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.problems import Problem
from services.gateway.limits import Limits, Spending, by_address
from services.gateway.settings import LimitSettings

USUAL = {
    Spending.BROWSE: "6000/minute",
    Spending.UPLOAD: "3000/minute",
    Spending.SEARCH: "600/minute",
    Spending.LOGIN: "10/minute",
    Spending.PAID: "120/minute",
}
SEARCHES = re.compile(r"^/api/(search|photos/[^/]+/similar)")
#: What makes providers work again for photos that they have seen.
PAID = re.compile(r"^/api/(photos/retry-failed|photos/retag|photos/[^/]+/retry)/?$")
UPLOADS = re.compile(r"^/api/(photos|uploads/[^/]+)/?$")


def spending_of(method: str, path: str) -> Spending | None:
    """None for what costs nothing: the page itself, health, metrics."""
    if not path.startswith("/api/"):
        return None
    if method == "POST" and PAID.match(path):
        return Spending.PAID
    if method == "POST" and UPLOADS.match(path):
        return Spending.UPLOAD
    return Spending.SEARCH if SEARCHES.match(path) else Spending.BROWSE


def rates(settings: LimitSettings, *, alone: bool) -> dict[Spending, str]:
    """``alone``: nobody but this machine comes; guessing is slow even then."""
    asked: dict[str, str | None] = settings.model_dump()
    usual: dict[Spending, str] = dict(USUAL)
    if alone:
        usual.update((kind, "") for kind in Spending if kind != Spending.LOGIN)
    return {kind: usual[kind] if (rate := asked[kind]) is None else rate for kind in Spending}


class Limited:
    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        spending = spending_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if spending:
            try:
                await self._limits.spend(spending, who(scope))
            except Problem as problem:
                return await problem.response()(scope, receive, send)
        await self._app(scope, receive, send)


def who(scope: Scope) -> str:
    known = scope.get("imgcap.who")
    return str(known) if known else address_of(scope)


def address_of(scope: Scope) -> str:
    client = scope.get("client")
    return by_address(client[0] if client else "")
