"""The pipeline with a quick provider, shared by the tests of one file."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.settings import BrokerSettings
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.store import Store
from tests.chaos.conserved import World
from tests.neighbours import bucket_on, copy_of_template, scope_on, store_settings
from tests.system.pipeline import Pipeline
from tests.system.provider import Provider

#: The same rules, on a shorter clock.
IMPATIENT = {
    "IMGCAP_SWEEP__EVERY": "0.2",
    "IMGCAP_SWEEP__LOST_AFTER": "2",
    "IMGCAP_SWEEP__LOOK_AGAIN": "2",
    "IMGCAP_SWEEP__ABANDONED_AFTER": "4",
    "IMGCAP_SWEEP__RETRY_SCALE": "0.05",
    "IMGCAP_LOG_LEVEL": "INFO",
}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider().serving() as own:
        yield own


@pytest.fixture(scope="module")
def world(
    broker_node: Broker, database_node: Database, store_node: Store
) -> Iterator[tuple[World, str]]:
    """Where the truth of this file's photos is, and the scope of its queues."""
    with (
        scope_on(broker_node.url) as scope,
        copy_of_template(database_node) as database,
        bucket_on(store_node) as store,
    ):
        broker = BrokerSettings(url=SecretStr(broker_node.url), scope=scope)
        yield World(database, Blobs(store), broker, ""), scope


@pytest.fixture(scope="module")
def pipeline(
    world: tuple[World, str],
    provider: Provider,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pipeline]:
    truth, scope = world
    with Pipeline(
        tmp_path_factory.mktemp("services"),
        broker_url=truth.broker.url.get_secret_value(),
        database_url=truth.database,
        store=store_settings(store_node, truth.blobs.bucket),
        environment={**IMPATIENT, **provider.environment, "IMGCAP_BROKER__SCOPE": scope},
    ) as own:
        yield own
