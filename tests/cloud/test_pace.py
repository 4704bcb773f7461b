"""How fast a provider is asked, on a clock that the test turns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from services.common.cloud.pace import Pace
from services.common.errors import TryAgain


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Provider:
    """Allows ``rate`` calls a second with a burst of one second's calls, like real ones do."""

    clock: Clock
    rate: float
    room: float = field(init=False)
    seen: float = 0.0
    taken: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        self.room = self.rate

    def takes(self) -> bool:
        self.room = min(self.rate, self.room + (self.clock.now - self.seen) * self.rate)
        self.seen = self.clock.now
        if self.room < 1:
            self.refused += 1
            return False
        self.room -= 1
        self.taken += 1
        return True


def storm(
    pace: Pace, provider: Provider, seconds: float, after: Callable[[], float | None]
) -> None:
    end = provider.clock.now + seconds
    while provider.clock.now < end:
        pace.take()
        if not provider.takes():
            wait = after()
            pace.refused(None if wait is None else timedelta(seconds=wait))


@pytest.mark.parametrize("after", [None, 1.0], ids=["no Retry-After", "Retry-After: 1"])
@pytest.mark.parametrize(("hoped", "allowed"), [(20.0, 10.0), (8.0, 5.0), (50.0, 5.0)])
def test_in_a_storm_of_429_throughput_settles_at_what_is_allowed(
    hoped: float, allowed: float, after: float | None
) -> None:
    clock = Clock()
    pace = Pace(hoped, patience=1e9, clock=clock, sleep=clock.sleep)
    provider = Provider(clock, allowed)
    storm(pace, provider, 60, lambda: after)
    provider.taken = provider.refused = 0
    began = clock.now
    storm(pace, provider, 300, lambda: after)

    assert provider.taken / (clock.now - began) == pytest.approx(allowed, rel=0.05)
    assert provider.refused / (provider.taken + provider.refused) < 0.05


def test_a_provider_that_allows_what_was_set_is_asked_at_the_set_rate() -> None:
    clock = Clock()
    pace = Pace(5.0, clock=clock, sleep=clock.sleep)
    for _ in range(500):
        pace.take()
    assert 500 / clock.now == pytest.approx(5.0, rel=0.02)


def test_nobody_waits_longer_than_their_patience() -> None:
    clock = Clock()
    pace = Pace(1.0, patience=2.0, clock=clock, sleep=lambda _: None)
    for _ in range(3):  # one is due, two may wait
        pace.take()
    with pytest.raises(TryAgain) as caught:
        pace.take()
    assert (caught.value.code, caught.value.counts) == ("provider-busy", False)
    assert caught.value.after
    assert caught.value.after > timedelta(seconds=2)


def test_a_rate_that_was_lowered_comes_back() -> None:
    clock = Clock()
    pace = Pace(10.0, clock=clock, sleep=clock.sleep)
    pace.refused(None)
    assert pace.rate == pytest.approx(9.5)
    clock.now += 11
    pace.take()
    assert pace.rate == 10.0
