"""How often anybody may ask, and what holds when nobody can count."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from services.common.problems import Problem
from services.gateway import limits as limits_module
from services.gateway.limited import rates, spending_of
from services.gateway.limits import Limits, Spending, by_address
from services.gateway.settings import DeadlineSettings, LimitSettings, Settings
from tests.gateway.house import gateway, gateway_settings, until
from tests.security.redis_server import RedisServer, a_redis

ASKED, ALLOWED = 600, 300


def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(work())


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with a_redis(tmp_path) as server:
        yield server


def problem_of(limits: Limits, kind: Spending, *whos: str, times: int = 1) -> Problem | None:
    async def asking() -> Problem | None:
        try:
            for _ in range(times):
                await limits.spend(kind, *whos)
        except Problem as problem:
            return problem
        finally:
            await limits.close()
        return None

    found: Problem | None = run(asking)
    return found


def test_the_call_after_the_last_is_refused_and_told_when_to_come_back() -> None:
    limits = Limits({Spending.LOGIN: "5/minute"})
    assert problem_of(limits, Spending.LOGIN, "address 192.0.2.1", times=5) is None
    problem = problem_of(limits, Spending.LOGIN, "address 192.0.2.1")
    assert problem
    assert (problem.status, problem.code) == (429, "too-many-requests")
    assert 1 <= int(problem.headers["Retry-After"]) <= 60
    assert problem.headers["RateLimit-Policy"] == '"login";q=5;w=60'
    assert problem.headers["RateLimit"].startswith('"login";r=0;t=')
    assert problem_of(limits, Spending.LOGIN, "address 192.0.2.2") is None


def test_an_account_that_is_guessed_at_from_everywhere_is_shut_too() -> None:
    limits = Limits({Spending.LOGIN: "5/minute"})
    for number in range(5):
        assert problem_of(limits, Spending.LOGIN, f"address {number}", "user ann") is None
    assert problem_of(limits, Spending.LOGIN, "address 9", "user ann")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::1%eth1", True),
        ("nonsense", "nonsense", True),
    ],
)
def test_an_ipv6_network_is_one_address(one: str, other: str, same: bool) -> None:
    assert (by_address(one) == by_address(other)) == same


@pytest.mark.parametrize(
    ("method", "path", "spending"),
    [
        ("GET", "/", None),
        ("GET", "/healthz", None),
        ("GET", "/api/photos", Spending.BROWSE),
        ("POST", "/api/photos", Spending.UPLOAD),
        ("GET", "/api/search", Spending.SEARCH),
        ("POST", "/api/search/by-photo", Spending.SEARCH),
        ("GET", "/api/photos/x/similar", Spending.SEARCH),
        ("POST", "/api/photos/x/retry", Spending.PAID),
        ("POST", "/api/photos/retry-failed", Spending.PAID),
        ("DELETE", "/api/photos/x", Spending.BROWSE),
    ],
)
def test_every_call_is_counted_as_what_it_costs(
    method: str, path: str, spending: Spending | None
) -> None:
    assert spending_of(method, path) == spending


def test_alone_on_a_machine_only_guessing_is_limited() -> None:
    alone = rates(LimitSettings(browse="7/second"), alone=True)
    assert alone == {
        Spending.BROWSE: "7/second",
        Spending.LOGIN: "10/minute",
        Spending.UPLOAD: "",
        Spending.SEARCH: "",
        Spending.PAID: "",
    }
    assert all(rates(LimitSettings(), alone=False).values())
    assert Settings().alone
    for setting in ({"host": "0.0.0.0"}, {"hosts": "a.org"}, {"trusted_proxies": "10.0.0.0/8"}):
        assert not Settings.model_validate(setting).alone
    with pytest.raises(ValidationError):
        Settings.model_validate({"limits": {"browse": "often"}})
    with pytest.raises(ValidationError):
        Settings.model_validate({"trusted_proxies": "everybody"})


def test_two_gateways_count_as_one(
    redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not of clocks: a machine that stands still for a second loses no count.
    monkeypatch.setattr(limits_module, "PATIENCE", 30.0)
    patient = {"deadlines": DeadlineSettings(header=30, body=30)}
    with ExitStack() as stack:
        urls = [
            stack.enter_context(gateway(_limited(tmp_path / str(number), redis, **patient)))
            for number in range(2)
        ]
        client = stack.enter_context(httpx.Client(trust_env=False, timeout=10))

        def ask(number: int) -> int:
            return client.get(f"{urls[number % 2]}/api/nothing").status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(ask, range(ASKED)))
        refused = client.get(f"{urls[0]}/api/nothing")
    assert set(statuses) == {404, 429}
    assert abs(statuses.count(404) - ALLOWED) <= ALLOWED * 0.02
    assert refused.json()["code"] == "too-many-requests"
    assert refused.headers["content-type"] == "application/problem+json"
    assert "default-src" in refused.headers["content-security-policy"]


def test_without_redis_looking_goes_on_and_what_costs_stops(
    redis: RedisServer, tmp_path: Path
) -> None:
    with (
        gateway(_limited(tmp_path / "a", redis)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=10) as client,
    ):
        assert client.get("/api/nothing").status_code == 404
        redis.kill()
        answers = [client.get("/api/nothing") for _ in range(20)]
        assert {answer.status_code for answer in answers} == {404}
        assert max(answer.elapsed.total_seconds() for answer in answers) < 1
        stopped = client.post("/api/photos/retry-failed")
        assert (stopped.status_code, stopped.json()["code"]) == (503, "limits-away")
        assert stopped.headers["retry-after"]
        redis.start()

        def paid() -> bool:
            return bool(client.post("/api/photos/retry-failed").json()["code"] == "search-away")

        assert until(paid)


def test_a_frozen_redis_stops_logins_and_delays_nobody_else(redis: RedisServer) -> None:
    assert redis.process
    redis.process.send_signal(signal.SIGSTOP)
    try:
        limits = Limits(
            {Spending.LOGIN: "5/minute", Spending.BROWSE: "5/minute"}, SecretStr(redis.url)
        )
        login = problem_of(limits, Spending.LOGIN, "address 192.0.2.1")
        assert login
        assert (login.status, login.code) == (503, "limits-away")
        assert problem_of(limits, Spending.BROWSE, "address 192.0.2.1", times=5) is None
        crowd = problem_of(limits, Spending.BROWSE, "address 192.0.2.1")
        assert crowd
        assert crowd.status == 429
    finally:
        redis.process.send_signal(signal.SIGCONT)


def test_only_a_trusted_proxy_says_who_asks(tmp_path: Path) -> None:
    def refused(**more: Any) -> bool:
        limits = LimitSettings(browse="3/minute")
        with (
            gateway(gateway_settings(tmp_path, limits=limits, **more)) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=10) as client,
        ):
            statuses = [
                client.get("/api/nothing", headers={"x-forwarded-for": f"192.0.2.{n}"}).status_code
                for n in range(6)
            ]
        return 429 in statuses

    assert refused()
    assert refused(trusted_proxies="192.0.2.0/24")
    assert not refused(trusted_proxies="127.0.0.1")


def _limited(folder: Path, redis: RedisServer, **more: Any) -> Settings:
    return gateway_settings(
        folder,
        **more,
        # By the hour: a window that begins in the middle of a test would let some more pass.
        limits=LimitSettings(browse=f"{ALLOWED}/hour", paid="100/minute"),
        redis_url=SecretStr(redis.url),
        search_url="http://127.0.0.1:1",
    )
