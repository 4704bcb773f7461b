"""A provider is away for hours, or a worker dies after it has paid: nothing is lost or doubled."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs, Keys
from services.common.cloud import failing
from services.common.cloud.ledger import ProviderReport
from services.common.events import PhotoEmbedded, PhotoTagged, PhotoUploaded
from services.common.settings import BrokerSettings, StoreSettings
from services.search import budget, record
from services.search.apply import apply_result
from services.search.database import Db
from services.search.record import changed_rows
from services.search.settings import DatabaseSettings, Settings
from tests.cloud.books import a_photo
from tests.cloud.conftest import serving
from tests.cloud.openai_server import KEY, SEEN, OpenAIStub, response
from tests.cloud.test_breaker import House
from tests.search.photos import OWNER, embedded, queued, tag
from tests.tagger.stubs import answer
from tests.tagger.worker import Neighbourhood, crash, eventually

ROOT = Path(__file__).parents[2]
ROUND = {"seconds": 86_400, "limit": 200}


def test_an_outage_of_two_hours_costs_a_call_every_half_minute() -> None:
    house = House()
    house.provider.fault = failing.unwell(failing.AWAY, "away")
    end = house.clock.now + 7200
    while house.clock.now < end:
        assert house.fails().code == "provider-away"
        house.clock.now += 1
    assert house.provider.calls <= 5 + 7200 / 30
    # Search hears of each: what it has not heard for five minutes it does not believe.
    assert len(house.books.reports) == house.provider.calls - 4
    house.provider.fault = None
    house.clock.now += 30
    assert house.ask() == "a dog"


def seen(db: Db, photo_id: UUID, *missing: str) -> None:
    """The workers' answer, with a provider missing or not."""
    event: PhotoEmbedded = embedded(db, photo_id, tag("dog"))
    again = datetime.now(UTC) + timedelta(seconds=90) if missing else None
    apply_result(db, event.model_copy(update={"missing": missing, "again_at": again}))


def statuses(db: Db) -> list[str]:
    return [status for (status,) in db.execute("SELECT DISTINCT status FROM photo ORDER BY 1")]


def pass_time(db: Db, minutes: int) -> None:
    for table, column in (("photo", "next_at"), ("provider", "updated_at")):
        earlier = f"UPDATE {table} SET {column} = {column} - %s * interval '1 minute'"
        db.execute(earlier.encode(), [minutes])


def test_photos_of_an_outage_are_findable_meanwhile_and_whole_soon_after(db: Db) -> None:
    photos = [queued(db, f"photo {number}") for number in range(20)]
    down = ProviderReport(provider="openai", state="down")
    budget.report(db, down)
    for photo_id in photos:
        seen(db, photo_id, "openai")
    assert statuses(db) == ["partial"]
    assert changed_rows(db, "retry_partial", ROUND) == []

    for _ in range(60):  # two hours, two minutes a round: one photo is the probe of each
        pass_time(db, 2)
        (probe,) = changed_rows(db, "retry_partial", ROUND)
        budget.report(db, down)  # as its call finds it
        seen(db, probe.photo_id, "openai")
    assert statuses(db) == ["partial"]

    budget.report(db, ProviderReport(provider="openai", state="well"))
    pass_time(db, 2)
    back = changed_rows(db, "retry_partial", ROUND)
    assert len(back) == 20
    for row in back:
        seen(db, row.photo_id)
    assert statuses(db) == ["ready"]
    assert db.execute("SELECT max(attempts) FROM photo").fetchone() == (0,)


@pytest.fixture
def photo(db: Db, store: StoreSettings) -> PhotoUploaded:
    photo_id = queued(db, "dog")
    keys = Keys.of(photo_id, 1)
    Blobs(store).put(keys.display, a_photo(), "image/jpeg")
    state = record.photo_state(db, photo_id, None)
    return PhotoUploaded(
        photo_id=photo_id, owner=OWNER, generation=state.generation, blob_key=keys.original,
        sha256=state.sha256, content_type="image/jpeg", width=400, height=300,
    )  # fmt: skip


@pytest.fixture
def neighbours(
    broker_url: str, scope: str, store: StoreSettings, database: str
) -> Iterator[Neighbourhood]:
    broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
    told: dict[str, Any] = {"broker": broker, "store": store}
    own = DatabaseSettings(url=SecretStr(database))
    with serving(Settings.model_validate({**told, "database": own})) as url:
        yield Neighbourhood(broker, store, url)


@pytest.mark.parametrize("point", ["tagger.cached:2", "tagger.published"])
def test_a_worker_that_dies_after_it_has_paid_never_pays_twice(
    neighbours: Neighbourhood, photo: PhotoUploaded, db: Db, point: str
) -> None:
    with ExitStack() as stack:
        stub = stack.enter_context(OpenAIStub(answer(response(json.dumps(SEEN)))).running())
        told = {
            "IMGCAP_TAGGER": "openai",
            "IMGCAP_OPENAI__KEY": KEY,
            "IMGCAP_OPENAI__VISION_BASE_URL": stub.base_url,
            "IMGCAP_OPENAI__VISION_API": "responses",
            "IMGCAP_MODELS": str(ROOT / "data" / "models"),
        }
        heard = stack.enter_context(neighbours.hearing("embedder", PhotoTagged))
        neighbours.publish(photo)
        with neighbours.running("services.tagger", told, point) as worker:
            crash(worker)
        with neighbours.running("services.tagger", told):
            eventually(heard)

    assert stub.calls == 1
    (sent,) = budget.sent(db, OWNER, photo.photo_id)
    assert (sent.outcome, sent.cost) == ("answered", Decimal("0.000204"))
    assert (sent.provider, sent.prompt, sent.bytes > 0) == ("openai", "vision-1", True)
    tagged = heard[-1]
    assert isinstance(tagged, PhotoTagged)
    assert tagged.caption == SEEN["caption"]
    assert tagged.cost == Decimal("0.000204")
    assert {"local", "openai"} <= {one for tag in tagged.tags for one in tag.source.split("+")}
