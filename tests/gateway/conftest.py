"""One house for the tests of a module; each begins with its faults mended."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from services.common.settings import BrokerSettings
from services.embedded.database import Database
from services.embedded.store import Store
from tests.gateway.house import House, open_house, well
from tests.neighbours import bucket_on, copy_of_template, scope_on


@pytest.fixture(scope="module")
def shared_house(
    database_node: Database,
    store_node: Store,
    broker_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    with (
        copy_of_template(database_node) as database,
        bucket_on(store_node) as store,
        scope_on(broker_url) as scope,
        open_house(
            database,
            BrokerSettings(url=SecretStr(broker_url), scope=scope),
            store,
            tmp_path_factory.mktemp("gateway"),
        ) as house,
    ):
        yield house


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    shared_house.passage.fault = well
    shared_house.passage.asked.clear()
    yield shared_house
    shared_house.passage.fault = well
