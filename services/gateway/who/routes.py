"""/api/me, /api/login, /api/sessions, /api/keys: who somebody is, and how they show it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from services.common.accounts import (
    AccountAsked,
    Key,
    KeyAsked,
    Keys,
    Login,
    LoginAsked,
    MadeKey,
    NewAccount,
    NewKey,
    Role,
    Sessions,
    Who,
)
from services.common.problems import Problem
from services.gateway.answers import ProblemDetails
from services.gateway.door import Door, OpenDoor
from services.gateway.limited import address_of
from services.gateway.limits import Spending
from services.gateway.who import tokens
from services.gateway.who.accounts import Accounts

router = APIRouter(tags=["accounts"])

SESSION_DAYS = 30
REFUSED: dict[int | str, dict[str, object]] = {
    401: {"model": ProblemDetails, "description": "Sign in first."},
    403: {"model": ProblemDetails, "description": "Not for you."},
}


class Me(BaseModel):
    """Who asks, and what they may; for the page."""

    role: Role
    name: str
    accounts: bool = Field(description="false: one gallery for everybody on this machine")
    originals: bool
    direct: bool = Field(default=False, description="send photos by /api/uploads")
    needs_owner: bool = Field(default=False, description="nobody has set the house up yet")
    oidc: bool = False


def _who(request: Request) -> Who:
    who: Who = request.state.who
    return who


Asker = Annotated[Who, Depends(_who)]


def accounts_of(door: Door) -> Accounts:
    """Raises ``Problem`` where there are none."""
    if door.accounts is None:
        raise Problem(404, "no-accounts", "this gallery has no accounts: IMGCAP_AUTH is off")
    return door.accounts


def agent_of(request: Request) -> dict[str, str]:
    return {
        "agent": request.headers.get("user-agent", "")[:200],
        "address": address_of(request.scope),
    }


@router.get("/api/me", response_model=Me)
async def me(request: Request, door: OpenDoor, who: Asker) -> Me:
    """Who you are here, and what you may do."""
    if door.accounts is None:
        direct = door.direct is not None
        return Me(role="owner", name="", accounts=False, originals=True, direct=direct)
    token, needs_owner = tokens.cookie_of(request), False
    if who.role == "nobody" and token:
        who = await door.accounts.by_cookie(token)
    if who.role == "nobody":
        who = await door.accounts.anybody()
    if who.account_id is None:
        needs_owner = (await door.accounts.read(_Needed, "GET", "/who:first")).needed
    return Me(
        role=who.role,
        name=who.name,
        accounts=True,
        originals=who.originals,
        direct=door.direct is not None,
        needs_owner=needs_owner,
        oidc=door.settings.oidc.on,
    )


@router.post("/api/login", status_code=204, responses=REFUSED)
async def login(request: Request, door: OpenDoor, wanted: Login) -> Response:
    """Begin a session; the answer is a cookie. Guessing is slow."""
    accounts = accounts_of(door)
    tokens.insist_on_privacy(request, plain=door.settings.plain_http)
    where = address_of(request.scope)
    await door.limits.spend(Spending.LOGIN, where, f"login {wanted.name.strip().lower()}")
    token = tokens.new_token()
    asked = LoginAsked(**wanted.model_dump(), token_hash=tokens.hash_of(token), **agent_of(request))
    await accounts.ask("POST", "/who:login", asked)
    return begun(request, accounts, token)


@router.post("/api/setup", status_code=204, responses=REFUSED)
async def set_up(request: Request, door: OpenDoor, wanted: NewAccount) -> Response:
    """Make an account by the link of an invitation, and begin a session."""
    accounts = accounts_of(door)
    tokens.insist_on_privacy(request, plain=door.settings.plain_http)
    await door.limits.spend(Spending.LOGIN, address_of(request.scope))
    token = tokens.new_token()
    asked = AccountAsked(
        invitation_hash=tokens.hash_of(wanted.token),
        name=wanted.name,
        password=wanted.password,
        token_hash=tokens.hash_of(token),
        **agent_of(request),
    )
    await accounts.ask("POST", "/who:make", asked)
    return begun(request, accounts, token)


def begun(request: Request, accounts: Accounts, token: str) -> Response:
    accounts.forget()
    response = Response(status_code=204)
    tokens.give(request, response, token, SESSION_DAYS)
    return response


@router.post("/api/logout", status_code=204, responses=REFUSED)
async def log_out(request: Request, door: OpenDoor, who: Asker) -> Response:
    """End this session, here and in the database."""
    accounts = accounts_of(door)
    deed = Deed(by=who, address=address_of(request.scope))
    if token := tokens.cookie_of(request):
        deed = deed.model_copy(update={"token_hash": tokens.hash_of(token)})
    await accounts.ask("POST", "/who:logout", deed)
    accounts.forget()
    response = Response(status_code=204)
    tokens.take_back(request, response)
    return response


@router.get("/api/sessions", response_model=Sessions, responses=REFUSED)
async def sessions(door: OpenDoor, who: Asker) -> Sessions:
    """Where you are signed in."""
    return await accounts_of(door).read(Sessions, "POST", "/who:sessions", who)


@router.delete("/api/sessions/{session_id}", status_code=204, responses=REFUSED)
async def revoke_session(request: Request, door: OpenDoor, who: Asker, session_id: UUID) -> None:
    """Sign out somewhere else; other gateways notice within seconds."""
    accounts = accounts_of(door)
    deed = Deed(by=who, address=address_of(request.scope), session_id=session_id)
    await accounts.ask("POST", "/who:revoke-session", deed)
    accounts.forget()


@router.get("/api/keys", response_model=Keys, responses=REFUSED)
async def keys(door: OpenDoor, who: Asker) -> Keys:
    """Your API keys, without their secrets."""
    return await accounts_of(door).read(Keys, "POST", "/who:keys", who)


@router.post("/api/keys", response_model=MadeKey, status_code=201, responses=REFUSED)
async def make_key(door: OpenDoor, who: Asker, wanted: NewKey) -> MadeKey:
    """A key for programs: `Authorization: Bearer imgcap_…`. Shown this once.

    A key may make another that may do no more, and lives no longer, than itself.
    """
    key_id, secret_hash, key = tokens.new_key()
    asked = KeyAsked(**wanted.model_dump(), key_id=key_id, secret_hash=secret_hash, by=who)
    made = await accounts_of(door).read(Key, "POST", "/who:make-key", asked)
    return MadeKey(**made.model_dump(), key=key)


@router.delete("/api/keys/{key_id}", status_code=204, responses=REFUSED)
async def revoke_key(
    request: Request,
    door: OpenDoor,
    who: Asker,
    key_id: Annotated[str, Path(max_length=40)],
) -> None:
    """This key opens nothing any more."""
    accounts = accounts_of(door)
    deed = Deed(by=who, address=address_of(request.scope), key_id=key_id)
    await accounts.ask("POST", "/who:revoke-key", deed)
    accounts.forget()


class Deed(BaseModel):
    """What search is told of somebody's deed."""

    by: Who
    address: str = ""
    account_id: UUID | None = None
    session_id: UUID | None = None
    key_id: str | None = None
    role: Role = "guest"
    token_hash: str = "0" * 64


class _Needed(BaseModel):
    needed: bool
