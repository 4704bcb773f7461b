"""Real neighbours for whoever asks: one broker, one database, one store in a whole run."""

import logging
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from socketserver import BaseServer
from typing import Any

import httpx
import pytest
import structlog

from services.common.settings import StoreSettings
from services.embedded.broker import Broker
from services.embedded.browser import find as find_browser
from services.embedded.database import Database
from services.embedded.store import Store
from tests.canaries import leaks
from tests.crowd import Shares, rank
from tests.neighbours import (
    a_broker,
    a_database,
    a_store,
    bucket_on,
    copy_of_template,
    make_template,
    scope_on,
)

# What services under test have to tell, from their threads at any moment, is no command's output.
structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())

# pika writes a page for every connection that a killed broker refuses.
logging.getLogger("pika").setLevel(logging.CRITICAL)

# httpx reads every authority of the system anew for each client and each bare call: 15 ms of CPU,
# and whoever waits for a service asks it twenty times a second. Once is enough for a run.
vars(httpx._transports.default)["create_ssl_context"] = cache(httpx.create_ssl_context)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=rank)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    return Shares(config, log)


@pytest.fixture(scope="session", autouse=True)
def _no_log_tells_a_secret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever ran, in this process or in one of its own: its logs are read when all is over."""
    folder = tmp_path_factory.getbasetemp()
    told = logging.FileHandler(folder / "told.log")
    logging.getLogger().addHandler(told)
    logging.getLogger("services").setLevel(logging.DEBUG)
    yield
    logging.getLogger().removeHandler(told)
    told.close()
    assert leaks(folder) == []


@pytest.fixture(scope="session", autouse=True)
def _whoever_hangs_up_is_no_news() -> Iterator[None]:
    """Loopback servers would print a page for it, amid what another test's command prints."""
    tell = BaseServer.handle_error

    def handle_error(server: BaseServer, request: Any, address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            tell(server, request, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseServer, "handle_error", handle_error)
        yield


@pytest.fixture(scope="session")
def broker_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Shared: a test that kills or freezes a broker makes one of its own with ``a_broker``."""
    with a_broker(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture(scope="session")
def database_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Shared, with the migrated template in it."""
    with a_database(tmp_path_factory.mktemp("database")) as database:
        make_template(database)
        yield database


@pytest.fixture(scope="session")
def store_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Shared."""
    with a_store(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser that `make test` found or got."""
    found = find_browser()
    assert found, "there is no Chromium: run this by `make test`"
    return found


@pytest.fixture(scope="session")
def broker_url(broker_node: Broker) -> str:
    return broker_node.url


@pytest.fixture
def scope(broker_url: str) -> Iterator[str]:
    """The prefix of this test's exchange and queues."""
    with scope_on(broker_url) as prefix:
        yield prefix


@pytest.fixture
def database(database_node: Database) -> Iterator[str]:
    """The address of a migrated database that belongs to this test."""
    with copy_of_template(database_node) as url:
        yield url


@pytest.fixture
def store(store_node: Store) -> Iterator[StoreSettings]:
    """Settings of a store with an empty bucket that belongs to this test."""
    with bucket_on(store_node) as settings:
        yield settings
