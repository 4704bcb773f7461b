"""/api/login/oidc: sign in by an OpenID Connect provider: authorization code with PKCE."""

import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import orjson
import structlog
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.common.accounts import AccountAsked, KnownElsewhere
from services.common.problems import Problem
from services.gateway.door import OpenDoor
from services.gateway.limited import address_of
from services.gateway.limits import Spending
from services.gateway.who import tokens
from services.gateway.who.routes import SESSION_DAYS, accounts_of, agent_of

if TYPE_CHECKING:
    from services.gateway.who.provider import Oidc

log = structlog.get_logger(__name__)

router = APIRouter(tags=["accounts"])

#: Seconds that signing in may take.
ON_THE_WAY = 600
STATE = "imgcap-oidc"
Text = Annotated[str, Query(max_length=4000)]


class OnTheWay(BaseModel):
    """What the browser carries until it is back; bound to it by the cookie."""

    state: str
    nonce: str
    verifier: str
    invitation: str = ""
    began: float


def refused(why: str) -> Problem:
    log.warning("identity refused", why=why)
    return Problem(401, "bad-identity", "your provider's answer cannot be believed; try again")


def _client(door: OpenDoor, request: Request) -> "Oidc":
    if not door.settings.oidc.on:
        raise Problem(404, "no-provider", "there is no other way to sign in here")
    known: Oidc | None = getattr(request.app.state, "oidc", None)
    if known is None:
        from services.gateway.who import provider

        known = request.app.state.oidc = provider.Oidc(door.settings.oidc)
    return known


@router.get("/api/login/oidc", status_code=303, response_class=Response)
async def begin(
    request: Request, door: OpenDoor, invitation: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """Go to the provider; `invitation`: to make an account with whom it names."""
    accounts_of(door)
    await door.limits.spend(Spending.LOGIN, address_of(request.scope))
    provider, _ = await _client(door, request).provider()
    way = OnTheWay(
        state=tokens.new_token(),
        nonce=tokens.new_token(),
        verifier=secrets.token_urlsafe(48),
        invitation=invitation,
        began=time.time(),
    )
    challenge = urlsafe_b64encode(sha256(way.verifier.encode()).digest()).decode().rstrip("=")
    question = {
        "response_type": "code",
        "client_id": door.settings.oidc.client_id,
        "redirect_uri": _back(request),
        "scope": "openid profile",
        "state": way.state,
        "nonce": way.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    response = Response(status_code=303)
    response.headers["Location"] = f"{provider.authorization_endpoint}{joint}{urlencode(question)}"
    _carry(
        request, response, urlsafe_b64encode(way.model_dump_json().encode()).decode(), ON_THE_WAY
    )
    return response


@router.get("/api/login/oidc/back", status_code=303, response_class=Response)
async def come_back(
    request: Request, door: OpenDoor, state: Text = "", code: Text = "", error: Text = ""
) -> Response:
    """Back from the provider, with a code that stands for somebody."""
    accounts = accounts_of(door)
    client = _client(door, request)
    way = _way_of(request)
    if error or not code or way is None or not secrets.compare_digest(state, way.state):
        raise refused(error[:100] or "state")
    issuer, subject = await client.identity(
        code, _back(request), verifier=way.verifier, nonce=way.nonce
    )
    token = tokens.new_token()
    begun = {"token_hash": tokens.hash_of(token), **agent_of(request)}
    who = {"issuer": issuer, "subject": subject}
    if way.invitation:
        name = f"{subject}"[:60]
        hashed = tokens.hash_of(way.invitation)
        asked = AccountAsked(invitation_hash=hashed, name=name, **who, **begun)
        await accounts.ask("POST", "/who:make", asked)
    else:
        await accounts.ask("POST", "/who:elsewhere", KnownElsewhere(**who, **begun))
    accounts.forget()
    response = Response(status_code=303, headers={"Location": "/"})
    tokens.give(request, response, token, SESSION_DAYS)
    _carry(request, response, "", 0)
    return response


def _back(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/api/login/oidc/back"


def _carry(request: Request, response: Response, way: str, seconds: int) -> None:
    response.set_cookie(
        STATE,
        way,
        max_age=seconds,
        path="/api/login/oidc",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def _way_of(request: Request) -> OnTheWay | None:
    try:
        carried = urlsafe_b64decode(request.cookies.get(STATE, ""))
        way = OnTheWay.model_validate(orjson.loads(carried))
    except ValueError:
        return None
    return way if 0 <= time.time() - way.began < ON_THE_WAY else None
