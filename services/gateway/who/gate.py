"""At every route: who asks, may they, and did they mean to."""

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.accounts import Who
from services.common.problems import Problem
from services.gateway.guard import SAFE_METHODS
from services.gateway.who.accounts import Accounts
from services.gateway.who.acting import ACTING, LOCAL
from services.gateway.who.permissions import Rule, rule_of
from services.gateway.who.tokens import CSRF, cookie_of

BEARER = "Bearer "


class Gate:
    """A dependency of the whole application. ``accounts`` is None where everybody is the owner."""

    def __init__(self, *, closed: bool) -> None:
        self.closed = closed
        self.accounts: Accounts | None = None

    async def __call__(self, request: Request) -> None:
        who = await self.admit(request) if self.closed else LOCAL
        request.state.who = who
        ACTING.set(who)

    async def admit(self, request: Request) -> Who:
        """Raises ``Problem``."""
        rule = rule_of(request.method, getattr(request.scope.get("route"), "path", ""))
        if rule is None:
            raise Problem(403, "forbidden", "nobody may do this")
        if self.accounts is None:
            raise Problem(503, "starting", "try again in a moment")
        who, by_cookie = await self._who(request, rule, self.accounts)
        if not who.may(rule.least, rule.scope):
            raise _refusal(who)
        if by_cookie and request.method not in SAFE_METHODS and CSRF not in request.headers:
            raise Problem(
                403, "csrf", "changes need the header X-Imgcap, which only our page sends"
            )
        return who

    async def _who(self, request: Request, rule: Rule, accounts: Accounts) -> tuple[Who, bool]:
        sent = request.headers.get("authorization", "")
        if sent.startswith(BEARER):
            who = await accounts.by_key(sent.removeprefix(BEARER).strip())
            if who.role == "nobody" and rule.least != "nobody":
                raise Problem(401, "bad-key", "this key opens nothing (any more)")
            return who, False
        token = cookie_of(request)
        if token and (who := await accounts.by_cookie(token)).role != "nobody":
            return who, True
        if rule.least == "guest" and rule.scope == "read" and request.method in SAFE_METHODS:
            return await accounts.anybody(), False
        return Who(), False


def _refusal(who: Who) -> Problem:
    if who.account_id is None:
        headers = {"WWW-Authenticate": 'Bearer realm="imgcap"'}
        return Problem(401, "sign-in", "sign in first", headers=headers)
    return Problem(403, "forbidden", "you may not do this")


class Recognised:
    """Says to the limits whom they count, where that is known without asking. Pure ASGI."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app, self._gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._gate.accounts is not None:
            request = Request(scope)
            token = request.headers.get("authorization", "").removeprefix(BEARER).strip()
            who = self._gate.accounts.recalled(token or cookie_of(request) or "")
            if who and who.account_id:
                scope["imgcap.who"] = f"user {who.account_id}"
        await self._app(scope, receive, send)
