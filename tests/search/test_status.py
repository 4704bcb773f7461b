"""What an operator is told: quickly, whatever the broker does, and the same by every replica."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.publisher import Publisher
from services.common.settings import BrokerSettings, StoreSettings
from services.embedded.broker import Broker
from services.search.app import create_app
from services.search.database import Db, open_pool
from services.search.meaning import Meaning
from services.search.settings import DatabaseSettings, Settings
from services.search.state import State
from tests.neighbours import a_broker
from tests.search.photos import OWNER, ByHand, ready, tag


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One that may be frozen without harm to others."""
    with a_broker(tmp_path_factory.mktemp("broker")) as own:
        yield own


@pytest.fixture
def client(database: str, broker: Broker, store: StoreSettings) -> Iterator[TestClient]:
    with ExitStack() as stack:
        settings = Settings(
            broker=BrokerSettings(url=SecretStr(broker.url)),
            store=store,
            database=DatabaseSettings(url=SecretStr(database)),
        )
        pool = open_pool(settings.database)
        stack.callback(pool.close)
        publisher = stack.enter_context(Publisher(settings.broker))
        consumer = Consumer("search", {}, settings.broker)
        state = State(settings, pool, publisher, consumer, Blobs(store), Meaning(ByHand()))
        state.migrated.set()
        yield stack.enter_context(TestClient(create_app(state), raise_server_exceptions=False))


def status(client: TestClient) -> tuple[dict[str, object], float]:
    began = time.monotonic()
    answer = client.get("/internal/v1/status", params={"owner": OWNER})
    assert answer.status_code == 200, answer.text
    return answer.json(), time.monotonic() - began


def numbers(client: TestClient) -> dict[tuple[str, str], float]:
    """Value by name and by the one label that it may have."""
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }


@pytest.mark.alone
def test_a_frozen_broker_holds_no_status_and_is_said_to_be_away(
    client: TestClient, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.common.depths.FRESH", 3.0)
    deadline = time.monotonic() + 20
    while status(client)[0]["queues"] is None:
        assert time.monotonic() < deadline
    broker.freeze()
    try:
        took, told = [], object()
        while told is not None:
            answer, seconds = status(client)
            told = answer["queues"]
            took.append(seconds)
            assert time.monotonic() < deadline + 20
            time.sleep(0.2)
        assert max(took) < 2.5  # the database is as busy as the machine; pika would wait for 30
        assert numbers(client)[("imgcap_broker_up", "")] == 0
    finally:
        broker.thaw()


def test_the_metrics_are_the_record_s_own_numbers(client: TestClient, db: Db) -> None:
    ready(db, "cat", tag("cat"))
    db.execute("UPDATE photo SET status = 'queued', created_at = now() - interval '90 seconds'")
    seen = numbers(client)
    assert 90 <= seen[("imgcap_unfinished_oldest_seconds", "")] < 150
    assert seen[("imgcap_photos", "queued")] == 1
    assert seen[("imgcap_photos", "failed")] == 0
    assert seen[("imgcap_database_up", "")] == 1
    assert seen[("imgcap_budget_dollars", "day")] == 5


def test_status_tells_the_pace_the_backlog_the_failures_and_the_versions(
    client: TestClient, db: Db
) -> None:
    for name in ("one", "two", "three", "four"):
        ready(db, name, tag("cat"))
    db.execute(
        "UPDATE photo SET status = 'failed', reason_code = 'undecodable', reason_text = 'cut short'"
        " WHERE filename IN ('one.jpg', 'two.jpg')"
    )
    db.execute("UPDATE photo SET status = 'queued' WHERE filename = 'three.jpg'")
    told, _ = status(client)
    assert told["failures"] == [{"code": "undecodable", "text": "cut short", "photos": 2}]
    assert told["per_minute"] == pytest.approx(6)  # three within the shortest time that counts
    assert told["backlog_seconds"] == pytest.approx(10)
    versions = told["versions"]
    assert isinstance(versions, dict)
    assert {"postgresql", "pgvector", "schema", "search", "rabbitmq"} == set(versions)
    assert versions["pgvector"]
    assert versions["schema"] >= "0240"


def test_the_house_is_all_galleries_together(client: TestClient, db: Db) -> None:
    ready(db, "mine", tag("cat"))
    for name, owner in (("theirs", "somebody else"), ("broken", "a third")):
        ready(db, name, tag("cat"), owner=owner)
    db.execute(
        "UPDATE photo SET status = 'failed', reason_code = 'undecodable', reason_text = 'cut short'"
        " WHERE filename = 'broken.jpg'"
    )
    house = client.get("/internal/v1/house").json()
    assert house["photos"] == {"ready": 2, "failed": 1}
    assert house["failures"] == [{"code": "undecodable", "text": "cut short", "photos": 1}]
    assert house["oldest_unfinished_seconds"] == 0
    assert house["versions"]["pgvector"]
    assert [one["unit"] for one in house["budgets"]] == ["day", "month"]
