"""A broker or a store that is gone or frozen: uploads go on, or are refused in time."""

import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from services.common.settings import BrokerSettings
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.store import Store
from tests.gateway.house import House, jpeg, open_house, until
from tests.gateway.stream import listening
from tests.neighbours import a_broker, a_store, bucket_on, copy_of_template

#: What they say is a matter of seconds, which a crowd takes from each other.
pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with a_broker(tmp_path_factory.mktemp("own-broker")) as broker:
        yield broker


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with a_store(tmp_path_factory.mktemp("own-store")) as store:
        yield store


@pytest.fixture(scope="module")
def lonely(
    broker: Broker, store: Store, database_node: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house whose broker and store may be hurt."""
    with (
        copy_of_template(database_node) as database,
        bucket_on(store) as bucket,
        open_house(
            database,
            BrokerSettings(url=SecretStr(broker.url), heartbeat=5),
            bucket,
            tmp_path_factory.mktemp("lonely"),
        ) as house,
    ):
        house.kept(jpeg())
        yield house


def seconds_of(house: House) -> float:
    """How long one upload takes; it has to succeed."""
    photo, began = jpeg(), time.monotonic()
    house.kept(photo)
    return time.monotonic() - began


def broker_is_back(house: House) -> bool:
    services = house.client.get("/api/status").json().get("services", {})
    return bool(services.get("broker"))


def test_a_frozen_broker_delays_one_upload_by_a_moment_and_no_other(
    lonely: House, broker: Broker
) -> None:
    until(lambda: broker_is_back(lonely))
    usual = max(seconds_of(lonely) for _ in range(3))
    broker.freeze()
    try:
        first, *others = (seconds_of(lonely) for _ in range(6))
    finally:
        broker.thaw()
    assert first < usual + 0.6
    assert max(others) < usual + 0.3


def test_without_a_broker_uploads_and_open_pages_go_on(lonely: House, broker: Broker) -> None:
    until(lambda: broker_is_back(lonely), within=60)
    with listening(lonely.url) as page:
        until(lambda: page.position)
        broker.kill()
        try:
            identity = lonely.kept(jpeg())
            assert seconds_of(lonely) < 1
            assert lonely.client.get("/readyz").status_code == 200
            page.status_of(identity, "queued", within=15)
        finally:
            broker.start()
        while_away = lonely.kept(jpeg())
        page.status_of(while_away, "queued", within=20)
        until(lambda: broker_is_back(lonely), within=60)
        after = lonely.kept(jpeg())
        page.status_of(after, "queued", within=20)


def test_a_frozen_store_is_said_within_five_seconds(lonely: House, store: Store) -> None:
    kept = lonely.kept(jpeg())
    refused = jpeg()
    store.freeze()
    try:
        for form in ("", "display", "original"):
            began, address = time.monotonic(), f"/api/photos/{kept}/{form}"
            answer = lonely.client.get(address) if form else lonely.upload(refused)
            assert (answer.status_code, answer.json()["code"]) == (503, "store-away")
            assert answer.headers["retry-after"] == "2"
            assert time.monotonic() - began < 5
        assert lonely.client.get("/readyz").status_code == 503
        assert lonely.client.get("/api/photos").status_code == 200
    finally:
        store.thaw()
    until(lambda: lonely.client.get("/readyz").status_code == 200, within=30)
    assert lonely.upload(refused).status_code == 202


def test_a_store_that_died_is_said_and_found_again(lonely: House, store: Store) -> None:
    """A store that was just started answers before it can write: senders do as they are told."""
    photo = jpeg()
    store.kill()
    try:
        answer = lonely.upload(photo)
        assert (answer.status_code, answer.json()["code"]) == (503, "store-away")
    finally:
        store.start()

    def taken() -> str:
        again = lonely.upload(photo)
        if again.status_code == 503:
            assert again.json()["code"] == "store-away"
            return ""
        assert again.status_code == 202
        return str(again.json()["photos"][0]["id"])

    assert len(lonely.keys(until(taken, within=30))) == 4
