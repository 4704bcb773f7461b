"""/api/login/oidc: sign in by an OpenID Connect provider: authorization code with PKCE."""

import asyncio
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx
import orjson
import structlog
from fastapi import APIRouter, Query, Request, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from services.common.accounts import AccountAsked, KnownElsewhere
from services.common.problems import Problem
from services.gateway.door import OpenDoor
from services.gateway.limited import address_of
from services.gateway.limits import Spending
from services.gateway.settings import OidcSettings
from services.gateway.who import tokens
from services.gateway.who.routes import SESSION_DAYS, accounts_of, agent_of

log = structlog.get_logger(__name__)

router = APIRouter(tags=["accounts"])

#: What may have signed an identity: only with keys that the provider alone has.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
PATIENCE = 5.0
#: Seconds: that clocks may differ by, that signing in may take, that a provider's keys stay known.
LEEWAY, ON_THE_WAY, KEYS_FRESH = 60, 600, 3600.0
STATE = "imgcap-oidc"
Text = Annotated[str, Query(max_length=4000)]


class Provider(BaseModel):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Answered(BaseModel):
    id_token: str


class OnTheWay(BaseModel):
    """What the browser carries until it is back; bound to it by the cookie."""

    state: str
    nonce: str
    verifier: str
    invitation: str = ""
    began: float


@dataclass
class Oidc:
    """A client of one provider."""

    settings: OidcSettings
    _provider: Provider | None = None
    _keys: KeySet | None = None
    _until: float = 0.0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def provider(self) -> tuple[Provider, KeySet]:
        """Raises ``Problem``."""
        async with self._asking:
            if self._provider is None or self._keys is None or time.monotonic() > self._until:
                issuer = self.settings.issuer.rstrip("/")
                told = await _get(f"{issuer}/.well-known/openid-configuration")
                provider = _read(told)
                if provider.issuer.rstrip("/") != issuer:
                    raise _refused("the provider gives another name")
                keys = KeySet.import_key_set(await _get(provider.jwks_uri))
                self._provider, self._keys = provider, keys
                self._until = time.monotonic() + KEYS_FRESH
            return self._provider, self._keys

    async def identity(self, code: str, back: str, way: OnTheWay) -> tuple[str, str]:
        """Issuer and subject of whoever the code stands for. Raises ``Problem``."""
        provider, keys = await self.provider()
        secret = self.settings.client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.settings.client_id,
            "code_verifier": way.verifier,
            **({"client_secret": secret.get_secret_value()} if secret else {}),
        }
        answer = await _ask("POST", provider.token_endpoint, data=form)
        try:
            told = Answered.model_validate(answer)
            claims = jwt.decode(told.id_token, keys, algorithms=ALGORITHMS).claims
            self._check(claims, provider, way)
            return provider.issuer, str(claims["sub"])
        except (JoseError, ValidationError, ValueError, KeyError) as error:
            self._until = 0.0  # its keys may have changed
            raise _refused(type(error).__name__) from error

    def _check(self, claims: dict[str, Any], provider: Provider, way: OnTheWay) -> None:
        """Raises ``JoseError``."""
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": way.nonce},
        )
        registry.validate(claims)
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1:
            jwt.JWTClaimsRegistry(
                azp={"essential": True, "value": self.settings.client_id}
            ).validate(claims)


async def _get(url: str) -> Any:
    return await _ask("GET", url)


async def _ask(method: str, url: str, **more: Any) -> Any:
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.request(method, url, **more)
            answer.raise_for_status()
            return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        log.warning("the provider does not answer", url=url, error=repr(error))
        raise Problem(
            503, "provider-away", "your provider does not answer; try again in a moment"
        ) from error


def _read(told: Any) -> Provider:
    try:
        return Provider.model_validate(told)
    except ValidationError as error:
        raise _refused("the provider does not describe itself") from error


def _refused(why: str) -> Problem:
    log.warning("identity refused", why=why)
    return Problem(401, "bad-identity", "your provider's answer cannot be believed; try again")


def _client(door: OpenDoor, request: Request) -> Oidc:
    if not door.settings.oidc.on:
        raise Problem(404, "no-provider", "there is no other way to sign in here")
    known: Oidc | None = getattr(request.app.state, "oidc", None)
    if known is None:
        known = request.app.state.oidc = Oidc(door.settings.oidc)
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
        raise _refused(error[:100] or "state")
    issuer, subject = await client.identity(code, _back(request), way)
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
