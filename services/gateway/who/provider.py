"""An OpenID Connect provider, as the gateway asks it who somebody is.

Imported by the first sign-in: what verifies signatures is 10 MiB that most galleries never need.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from services.common.problems import Problem
from services.gateway.settings import OidcSettings
from services.gateway.who.oidc import refused

log = structlog.get_logger(__name__)

#: What may have signed an identity: only with keys that the provider alone has.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
PATIENCE = 5.0
#: Seconds: that clocks may differ by, that a provider's keys stay known.
LEEWAY, KEYS_FRESH = 60, 3600.0


class Provider(BaseModel):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Answered(BaseModel):
    id_token: str


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
                    raise refused("the provider gives another name")
                keys = KeySet.import_key_set(await _get(provider.jwks_uri))
                self._provider, self._keys = provider, keys
                self._until = time.monotonic() + KEYS_FRESH
            return self._provider, self._keys

    async def identity(self, code: str, back: str, *, verifier: str, nonce: str) -> tuple[str, str]:
        """Issuer and subject of whoever the code stands for. Raises ``Problem``."""
        provider, keys = await self.provider()
        secret = self.settings.client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.settings.client_id,
            "code_verifier": verifier,
            **({"client_secret": secret.get_secret_value()} if secret else {}),
        }
        answer = await _ask("POST", provider.token_endpoint, data=form)
        try:
            told = Answered.model_validate(answer)
            claims = jwt.decode(told.id_token, keys, algorithms=ALGORITHMS).claims
            self._check(claims, provider, nonce)
            return provider.issuer, str(claims["sub"])
        except (JoseError, ValidationError, ValueError, KeyError) as error:
            self._until = 0.0  # its keys may have changed
            raise refused(type(error).__name__) from error

    def _check(self, claims: dict[str, Any], provider: Provider, nonce: str) -> None:
        """Raises ``JoseError``."""
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
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
        raise refused("the provider does not describe itself") from error
