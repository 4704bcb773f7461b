"""How often anybody may ask: by key, by user, by address, over all gateways that share a Redis.

Without a Redis each gateway counts alone. With one that does not answer, what only looks goes on
and is counted here; what guesses passwords or costs money stops, because there nobody may count on
a limit that has come undone.
"""

import asyncio
import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, cast

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from pydantic import SecretStr

from services.common.problems import Problem

log = structlog.get_logger(__name__)

#: Seconds for Redis to answer. A busy gateway is late itself by some tenths of one, and must not
#: take that for a Redis that is away: it would count alone, and so too generously.
PATIENCE = 1.0
#: Seconds in which a Redis that failed is left alone, so that a frozen one is hardly felt.
REST = 3.0
#: Of IPv6 every customer has at least this much to himself.
IPV6_PREFIX = 64


class Spending(StrEnum):
    """What a call is counted as."""

    BROWSE = "browse"
    UPLOAD = "upload"
    SEARCH = "search"
    LOGIN = "login"
    PAID = "paid"


#: These stop when nobody can count.
CLOSED = frozenset({Spending.LOGIN, Spending.PAID})


class CounterAway(Exception):
    """Redis does not answer."""


@dataclass(frozen=True)
class Limit:
    spending: Spending
    item: RateLimitItem

    @property
    def policy(self) -> str:
        return f'"{self.spending}";q={self.item.amount};w={self.item.get_expiry()}'


class Limits:
    """``spend`` before the work; ``rates`` says how often: ``{"login": "10/minute"}``."""

    def __init__(self, rates: Mapping[Spending, str], redis: SecretStr | None = None) -> None:
        self._limits = {kind: Limit(kind, parse(rate)) for kind, rate in rates.items() if rate}
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = _shared(redis) if redis else None
        self._rest_until = 0.0

    async def close(self) -> None:
        if self._shared:
            await cast(Any, self._shared.storage.bridge).storage.aclose()

    async def spend(self, kind: Spending, *whos: str) -> None:
        """Raises the problem 429 when any of them has asked too often, 503 when none can count."""
        limit = self._limits.get(kind)
        if not limit:
            return
        for who in whos:
            if not await self._take(limit, _short(who)):
                raise await self._too_many(limit, _short(who))

    async def _take(self, limit: Limit, who: str) -> bool:
        try:
            if self._shared:
                return await self._count(self._shared, limit, who)
        except CounterAway as error:
            if limit.spending in CLOSED:
                raise _nobody_counts() from error
        return await self._alone.hit(limit.item, limit.spending, who)

    async def _count(self, shared: "_Shared", limit: Limit, who: str) -> bool:
        if time.monotonic() < self._rest_until:
            raise CounterAway
        try:
            async with asyncio.timeout(PATIENCE):
                return await shared.limiter.hit(limit.item, limit.spending, who)
        except Exception as error:  # whatever a client of Redis raises
            self._rest_until = time.monotonic() + REST
            log.warning("nobody counts: redis is away", error=type(error).__name__)
            raise CounterAway from error

    async def _too_many(self, limit: Limit, who: str) -> Problem:
        limiter = self._shared.limiter if self._shared else self._alone
        try:
            async with asyncio.timeout(PATIENCE):
                stats = await limiter.get_window_stats(limit.item, limit.spending, who)
            seconds = stats.reset_time - time.time()
        except Exception:
            seconds = limit.item.get_expiry()
        wait = max(1, min(limit.item.get_expiry(), int(seconds) + 1))
        return Problem(
            429,
            "too-many-requests",
            f"too many of this kind in a short time; try again in {wait} s",
            headers={
                "Retry-After": str(wait),
                "RateLimit-Policy": limit.policy,
                "RateLimit": f'"{limit.spending}";r=0;t={wait}',
            },
        )


@dataclass(frozen=True)
class _Shared:
    storage: RedisStorage
    limiter: SlidingWindowCounterRateLimiter


def _shared(url: SecretStr) -> _Shared:
    """Connects at the first question."""
    storage = RedisStorage(
        f"async+{url.get_secret_value()}",
        implementation="redispy",
        key_prefix="imgcap",
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
    )
    return _Shared(storage, SlidingWindowCounterRateLimiter(storage))


def _nobody_counts() -> Problem:
    return Problem(
        503,
        "limits-away",
        "this cannot be counted now, so it has to wait; try again in a moment",
        headers={"Retry-After": "2"},
    )


def _short(who: str) -> str:
    """Keys and addresses are nobody's business in a Redis that others may read."""
    return sha256(who.encode("utf-8", "replace")).hexdigest()[:24]


def by_address(address: str) -> str:
    """Who an address is: of IPv6 the whole /64, for nobody has less of it."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return f"address {address[:64]}"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return f"address {ip.ipv4_mapped}"
        return f"address {ipaddress.ip_network((ip, IPV6_PREFIX), strict=False)}"
    return f"address {ip}"
