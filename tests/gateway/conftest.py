"""One house for all tests of the gateway; each begins with its faults mended."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.common.settings import BrokerSettings
from services.embedded.database import Database
from services.embedded.store import Store
from tests.gateway.house import House, open_house, search_service, well
from tests.gateway.street import Street
from tests.neighbours import bucket_on, copy_of_template, scope_on

INDEX = b"<!doctype html><title>imgcap</title>" + b"<!-- long enough to be packed -->" * 50
SCRIPT = b"console.log('hello');" * 100


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a crowd the disk may stand still for longer than a client is let wait for a store."""
    if request.node.get_closest_marker("alone") is None:
        monkeypatch.setattr("services.gateway.store.PATIENCE", 30.0)


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built page, with a secret in it and one beside it."""
    folder = tmp_path_factory.mktemp("web")
    (folder / "assets").mkdir()
    (folder / "index.html").write_bytes(INDEX)
    (folder / "assets" / "main-Abc123.js").write_bytes(SCRIPT)
    (folder / "manifest.webmanifest").write_bytes(b"{}")
    (folder / ".secret").write_bytes(b"secret")
    (folder.parent / "outside.txt").write_bytes(b"secret")
    return folder


@pytest.fixture(scope="session")
def shared_house(
    database_node: Database,
    store_node: Store,
    broker_url: str,
    web: Path,
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
            web=web,
            samples=tmp_path_factory.mktemp("samples"),
            hosts="photos.example.org,*.wild.example.org",
        ) as house,
    ):
        yield house


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    shared_house.passage.fault = well
    shared_house.passage.asked.clear()
    yield shared_house
    shared_house.passage.fault = well


@pytest.fixture(scope="session")
def street(
    database_node: Database,
    store_node: Store,
    broker_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Street]:
    with ExitStack() as stack:
        database = stack.enter_context(copy_of_template(database_node))
        bucket = stack.enter_context(bucket_on(store_node))
        scope = stack.enter_context(scope_on(broker_url))
        broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
        sweep = {"SWEEP__LOST_AFTER": 1, "SWEEP__EVERY": 0.2}
        search = stack.enter_context(search_service(database, broker, bucket, **sweep))
        yield Street(search, broker, bucket, database, tmp_path_factory.mktemp("spool"))
