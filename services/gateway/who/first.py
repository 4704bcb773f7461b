"""The first start: nobody owns the house yet, so whoever reads our log is shown the way in."""

import asyncio
import sys

import structlog
from pydantic import BaseModel

from services.common.internal import is_loopback
from services.common.problems import Problem
from services.gateway.settings import Settings
from services.gateway.who.accounts import Accounts
from services.gateway.who.tokens import hash_of, new_token

log = structlog.get_logger(__name__)

#: Seconds between two questions while search is away, and until a new link while nobody came.
AGAIN, RENEWED = 1.0, 3000.0


class _Asked(BaseModel):
    token_hash: str


class _Needed(BaseModel):
    needed: bool


async def offer_ownership(accounts: Accounts, settings: Settings) -> None:
    """Prints a link that makes the owner, once; another one as long as there is no owner."""
    while True:
        token = new_token()
        try:
            asked = _Asked(token_hash=hash_of(token))
            offered = await accounts.read(_Needed, "POST", "/who:offer-ownership", asked)
        except Problem:
            await asyncio.sleep(AGAIN)
            continue
        if not offered.needed:
            return
        # Not into the log: logs are kept, sent on and read by others.
        print(f"\nSet up your gallery: {_address(settings)}/welcome#{token}\n", file=sys.stderr)
        log.info("the gallery has no owner yet: the link to set it up was printed")
        await asyncio.sleep(RENEWED)


def _address(settings: Settings) -> str:
    names = [name for name in settings.hosts if not name.startswith("*")]
    if names:
        return f"https://{names[0]}"
    host = settings.host if not is_loopback(settings.host) else "localhost"
    return f"http://{'localhost' if host in ('0.0.0.0', '::', '') else host}:{settings.port}"
