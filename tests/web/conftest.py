"""A running product for the browser, and the browser."""

from collections.abc import Iterator

import pytest

from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.store import Store
from tests.neighbours import bucket_on, copy_of_template, scope_on
from tests.system.pipeline import Pipeline


@pytest.fixture(scope="session")
def gallery(
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a product with the built-in eyes and an empty gallery."""
    with (
        scope_on(broker_node.url) as scope,
        copy_of_template(database_node) as database,
        bucket_on(store_node) as store,
        Pipeline(
            tmp_path_factory.mktemp("services"),
            broker_url=broker_node.url,
            database_url=database,
            store=store,
            environment={"IMGCAP_BROKER__SCOPE": scope},
        ) as pipeline,
    ):
        yield pipeline.gateway
