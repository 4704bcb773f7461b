"""The books in a real database: reserved before, settled after, never beyond the cap."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from services.common.cloud.breaker import Breaker
from services.common.cloud.ledger import (
    BudgetReserve,
    BudgetSettle,
    Leaving,
    ProviderReport,
    SearchLedger,
    on_behalf_of,
)
from services.common.cloud.settings import BatchSettings, CloudChoice
from services.common.errors import TryAgain
from services.common.money import ProviderHealth
from services.search import budget
from services.search.apply import apply_result
from services.search.database import Db
from services.search.gallery import photo_detail
from services.search.settings import BudgetSettings
from tests.cloud.conftest import Search
from tests.search.photos import OWNER, embedded, queued, ready, tag

CAPS = BudgetSettings(day=Decimal("0.10"), month=Decimal("1"))


def call(estimate: str = "0.01", **more: Any) -> BudgetReserve:
    fields = {"provider": "openai", "model": "gpt-6-luna", "purpose": "vision", **more}
    return BudgetReserve.model_validate({"call_id": uuid4(), "estimate": estimate, **fields})


def paid(db: Db, cost: str, estimate: str = "0.01", **more: Any) -> UUID:
    wanted = call(estimate, **more)
    budget.reserve(db, wanted, BudgetSettings())
    budget.settle(db, BudgetSettle(call_id=wanted.call_id, cost=Decimal(cost)))
    return wanted.call_id


def spent(db: Db) -> dict[str, Decimal]:
    return {one.unit: one.spent for one in budget.budgets(db, CAPS)}


def test_what_is_reserved_counts_until_it_is_settled(db: Db) -> None:
    wanted = call("0.04")
    budget.reserve(db, wanted, CAPS)
    assert spent(db) == {"day": Decimal("0.04"), "month": Decimal("0.04")}
    for _ in range(2):
        budget.settle(db, BudgetSettle(call_id=wanted.call_id, cost=Decimal("0.003")))
    assert spent(db) == {"day": Decimal("0.003"), "month": Decimal("0.003")}


def test_what_nobody_knows_the_cost_of_goes_on_counting(db: Db) -> None:
    wanted = call("0.04")
    budget.reserve(db, wanted, CAPS)
    budget.settle(db, BudgetSettle(call_id=wanted.call_id, outcome="provider-slow"))
    assert spent(db)["day"] == Decimal("0.04")


def test_no_call_goes_beyond_the_cap(db: Db) -> None:
    budget.reserve(db, call("0.09"), CAPS)
    with pytest.raises(budget.OverBudget, match=r"the daily budget of \$0.10 is spent") as caught:
        budget.reserve(db, call("0.02"), CAPS)
    assert caught.value.until > datetime.now(UTC)
    assert spent(db)["day"] == Decimal("0.09")
    budget.reserve(db, call("0.01"), CAPS)


def test_the_month_has_a_cap_of_its_own(db: Db) -> None:
    with pytest.raises(budget.OverBudget, match="monthly"):
        budget.reserve(db, call("0.02"), BudgetSettings(day=Decimal(5), month=Decimal("0.01")))


def test_what_costs_nothing_is_written_down_and_never_refused(db: Db) -> None:
    none = BudgetSettings(day=Decimal(0), month=Decimal(0))
    photo_id = queued(db, "cat")
    budget.reserve(db, call("0", photo_id=photo_id), none)
    assert len(budget.sent(db, OWNER, photo_id)) == 1


def test_eight_workers_stay_below_the_cap_together(database: str) -> None:
    """Each would spend the whole budget; the sum of all is at most the cap."""

    def work(_: int) -> int:
        made = 0
        with psycopg.connect(database, autocommit=True) as own:
            for _ in range(10):
                wanted = call("0.007")
                try:
                    with own.transaction():
                        budget.reserve(own, wanted, CAPS)
                except budget.OverBudget:
                    continue
                made += 1
                with own.transaction():
                    cost = Decimal("0.005")
                    budget.settle(own, BudgetSettle(call_id=wanted.call_id, cost=cost))
        return made

    with ThreadPoolExecutor(8) as pool:
        made = sum(pool.map(work, range(8)))
    with psycopg.connect(database, autocommit=True) as own:
        total = spent(own)["day"]
    assert total == made * Decimal("0.005")
    assert Decimal("0.09") <= total <= CAPS.day


def test_a_photo_shows_what_of_it_left_the_house(db: Db) -> None:
    photo_id = ready(db, "cat", tag("cat"))
    paid(db, "0.002", photo_id=photo_id, prompt="vision-1", width=768, height=512, bytes=90_000)
    (sent,) = photo_detail(db, OWNER, photo_id).sent
    assert (sent.provider, sent.model, sent.prompt) == ("openai", "gpt-6-luna", "vision-1")
    assert (sent.width, sent.height, sent.bytes) == (768, 512, 90_000)
    assert (sent.cost, sent.outcome) == (Decimal("0.002"), "answered")
    assert budget.sent(db, "somebody else", photo_id) == []


def test_a_worker_pays_through_search(search: Search, db: Db) -> None:
    event = embedded(db, queued(db, "dog"), tag("dog"))
    ledger = SearchLedger(search(day="0.02"))
    leaving = Leaving(provider="openai", model="m", purpose="vision", estimate=Decimal("0.02"))
    with on_behalf_of(event):
        call_id = ledger.reserve(leaving)
    with pytest.raises(TryAgain, match="the daily budget") as caught:
        ledger.reserve(leaving)
    ledger.settle(BudgetSettle(call_id=call_id, cost=Decimal("0.001"), output_tokens=7))
    ledger.close()

    assert (caught.value.code, caught.value.counts) == ("over-budget", False)
    assert caught.value.after
    (sent,) = budget.sent(db, OWNER, event.photo_id)
    assert sent.cost == Decimal("0.001")


def test_over_the_cap_photos_go_local_if_that_is_the_setting(search: Search) -> None:
    url = search(day="0", over="local")
    ledger = SearchLedger(url)
    leaving = Leaving(provider="openai", model="m", purpose="vision", estimate=Decimal("0.02"))
    with pytest.raises(TryAgain) as caught:
        ledger.reserve(leaving)
    ledger.close()
    assert caught.value.code == "over-budget-local"


def test_without_search_nothing_is_paid() -> None:
    ledger = SearchLedger("http://127.0.0.1:9")
    leaving = Leaving(provider="openai", model="m", purpose="vision", estimate=Decimal("0.02"))
    with pytest.raises(TryAgain) as caught:
        ledger.reserve(leaving)
    assert (caught.value.code, caught.value.counts) == ("search-away", False)
    ledger.settle(BudgetSettle(call_id=uuid4()))
    ledger.close()


def test_a_breaker_is_seen_on_the_status(search: Search) -> None:
    url = search()
    ledger = SearchLedger(url)
    breaker = Breaker("openai", ledger.report)
    breaker.failed(TryAgain("OpenAI refuses our key: put one in", code="provider-refuses-key"))
    status = httpx.get(f"{url}/internal/v1/status", params={"owner": OWNER}).json()
    breaker.succeeded()
    later = httpx.get(f"{url}/internal/v1/status", params={"owner": OWNER}).json()
    ledger.close()

    (health,) = status["providers"]
    assert (health["name"], health["state"]) == ("openai", "paused")
    assert status["warnings"] == ["openai: OpenAI refuses our key: put one in"]
    assert [one["unit"] for one in status["budgets"]] == ["day", "month"]
    assert (later["providers"][0]["state"], later["warnings"]) == ("well", [])


def test_a_model_that_ends_soon_is_a_warning(db: Db) -> None:
    told = ProviderReport(provider="openai", state="well", model="gpt-4o", ends=date(2027, 1, 14))
    budget.report(db, told)
    budget.report(db, ProviderReport(provider="openai", state="well"))
    health = budget.providers(db)
    assert [(one.model, one.ends) for one in health] == [("gpt-4o", date(2027, 1, 14))]
    (told_so,) = budget.warnings(health, [], date(2026, 11, 22))
    assert told_so.startswith("gpt-4o is shut down on 2027-01-14")
    assert budget.warnings(health, [], date(2026, 1, 1)) == []
    gone = ProviderHealth(name="x", state="down", text="away", since=datetime.now(UTC))
    assert budget.warnings([gone], [], date(2026, 1, 1)) == ["x: away"]


def test_a_quote_goes_by_the_table_and_then_by_experience(db: Db) -> None:
    choice = CloudChoice.model_validate({"tagger": "cloud", "embedder": "openai"})
    first = budget.quote(db, choice, BudgetSettings(), 1000)
    assert Decimal("1.1") < first.total < Decimal("1.6")
    assert first.text.startswith("1,000 photos: about $1.")
    assert (first.fits, first.prices_of) == (True, date(2026, 10, 7))

    for _ in range(20):
        paid(db, "0.004")
    later = budget.quote(db, choice, BudgetSettings(), 10_000)
    by_batch = next(line for line in later.lines if line.model == "gpt-6-luna")
    assert (by_batch.what, by_batch.each) == ("mood and composition, by batch", Decimal("0.002"))
    never = choice.model_copy(update={"batch": BatchSettings(least=0)})
    later = budget.quote(db, never, BudgetSettings(), 10_000)
    vision = next(line for line in later.lines if line.model == "gpt-6-luna")
    assert (vision.each, vision.total, vision.measured) == (Decimal("0.004"), Decimal(40), True)
    assert not later.fits
    assert "of the budget are left" in later.text


def test_local_photos_cost_nothing(db: Db) -> None:
    quote = budget.quote(db, CloudChoice(), BudgetSettings(), 5)
    assert (quote.total, quote.text) == (
        Decimal(0),
        "5 photos: nothing, all of it is done on this machine",
    )


def test_what_was_spent_is_told_by_day_and_model(search: Search, db: Db) -> None:
    paid(db, "0.004")
    paid(db, "0.001", provider="rekognition", model="rekognition-labels", purpose="labels")
    told = httpx.get(f"{search()}/internal/v1/spend").json()
    assert [(row["provider"], row["calls"], Decimal(row["cost"])) for row in told["days"]] == [
        ("openai", 1, Decimal("0.004")),
        ("rekognition", 1, Decimal("0.001")),
    ]


def test_the_cost_of_a_photo_is_that_of_its_looks_and_of_its_words(db: Db) -> None:
    event = embedded(db, queued(db, "cat"), tag("cat"), cost=Decimal("0.002"))
    apply_result(db, event)
    own: dict[str, Any] = {"photo_id": event.photo_id, "owner": OWNER}
    paid(db, "0.0005", purpose="words", **own)
    # A model server of your own names its price in its answer, and is in no ledger.
    assert photo_detail(db, OWNER, event.photo_id).cost == Decimal("0.0025")
    paid(db, "0.002", **own)
    paid(db, "0.001", **own)  # a look whose answer was lost, and paid
    assert photo_detail(db, OWNER, event.photo_id).cost == Decimal("0.0035")
