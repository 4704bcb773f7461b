"""When a provider is left alone, and how it comes back."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest

from services.common.cloud import failing
from services.common.cloud.asking import Asking, Paid
from services.common.cloud.breaker import Breaker
from services.common.cloud.ledger import Leaving
from services.common.cloud.pace import Pace
from services.common.errors import Refuse, TryAgain
from tests.cloud.books import Books
from tests.cloud.test_pace import Clock

PHOTO = Leaving(provider="p", model="m", purpose="vision", estimate=Decimal("0.01"))


class Provider:
    """Answers, or fails as it is told to."""

    def __init__(self) -> None:
        self.fault: TryAgain | Refuse | None = None
        self.calls = 0

    def __call__(self) -> Paid[str]:
        self.calls += 1
        if self.fault:
            raise self.fault
        return Paid("a dog", Decimal("0.002"))


class House:
    def __init__(self, insisting: float = 0) -> None:
        self.clock, self.books, self.provider = Clock(), Books(), Provider()
        breaker = Breaker("p", self.books.report, self.clock)
        pace = Pace(1000, clock=self.clock, sleep=self.clock.sleep)
        self.asking = Asking(self.books, breaker, pace, insisting, self.clock)

    def ask(self) -> str:
        return self.asking(PHOTO, self.provider)[0]

    def fails(self) -> TryAgain | Refuse:
        with pytest.raises((TryAgain, Refuse)) as caught:
            self.ask()
        assert isinstance(caught.value, (TryAgain, Refuse))
        return caught.value


def test_a_call_is_reserved_before_and_settled_after() -> None:
    house = House()
    assert house.ask() == "a dog"
    assert list(house.books.reserved.values()) == [PHOTO]
    assert (house.books.spent, house.books.outcomes) == (Decimal("0.002"), ["answered"])


def test_a_provider_that_is_down_is_left_alone_and_probed_by_one_call() -> None:
    house = House()
    house.provider.fault = failing.unwell(failing.AWAY, "away")
    for _ in range(20):
        house.fails()
    assert house.provider.calls == 5
    assert house.books.reports == [("p", "down", "provider-away")]

    house.clock.now += 31
    house.fails()
    error = house.fails()
    assert house.provider.calls == 6
    assert isinstance(error, TryAgain)
    assert (error.counts, error.after) == (False, timedelta(seconds=30))

    house.clock.now += 31
    house.provider.fault = None
    assert [house.ask(), house.ask()] == ["a dog", "a dog"]
    assert house.books.reports[-1] == ("p", "well", "")


@pytest.mark.parametrize("code", sorted(failing.PAUSING))
def test_what_only_a_person_can_mend_pauses_at_once_with_one_sentence(code: str) -> None:
    house = House()
    house.provider.fault = failing.pausing(code, "OpenAI", model="gpt-9", why="no")
    told = {str(house.fails()) for _ in range(10)}
    assert house.provider.calls == 1
    assert len(told) == 1
    assert house.books.reports == [("p", "paused", code)]
    assert house.books.spent == 0


def test_a_photo_that_is_refused_says_that_the_provider_is_well() -> None:
    house = House()
    house.provider.fault = Refuse("no face", code=failing.REFUSED)
    for _ in range(20):
        house.fails()
    assert (house.provider.calls, house.books.reports) == (20, [])


def test_a_busy_provider_is_insisted_on_for_a_while() -> None:
    house = House(insisting=10)
    house.provider.fault = failing.unwell(failing.BUSY, "busy", timedelta(seconds=3))
    assert house.fails().code == "provider-busy"
    assert house.provider.calls == 5  # at 0, 3, 6, 9 and 12 seconds
    assert house.books.spent == 0


def test_a_provider_that_wants_to_be_left_alone_for_long_is_not_insisted_on() -> None:
    provider = Provider()
    provider.fault = failing.unwell(failing.BUSY, "busy", timedelta(seconds=60))
    pace = Pace(1000, patience=0.1)
    asking = Asking(Books(), Breaker("p"), pace, insisting=20.0)
    began = time.monotonic()
    with pytest.raises(TryAgain) as caught:
        asking(PHOTO, provider)
    assert time.monotonic() - began < 5  # and not twenty seconds of asking for a turn in vain
    assert provider.calls == 1
    assert caught.value.after
    assert caught.value.after > timedelta(seconds=59)


def test_what_may_have_been_billed_goes_on_counting() -> None:
    house = House()
    house.provider.fault = failing.unwell(failing.SLOW, "slow")
    house.fails()
    assert house.books.spent == PHOTO.estimate
