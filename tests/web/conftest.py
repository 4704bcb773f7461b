"""A running product for the browser, and the browser."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.store import Store
from tests.system.pipeline import gallery_of_its_own
from tests.web.desk import DESK, FLAGS, PHONE, SAMPLES, TOUCH, Desk, desks, unlike_any_other
from tests.web.stock import stock


@pytest.fixture(scope="session")
def gallery(
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a product with the built-in eyes and an empty gallery."""
    folder = tmp_path_factory.mktemp("services")
    with gallery_of_its_own(broker_node.url, database_node, store_node, folder) as (pipeline, _):
        yield pipeline.gateway


@pytest.fixture(scope="session")
def stocked(gallery: str) -> Iterator[httpx.Client]:
    """The same gallery once some of the samples in it are searchable."""
    with httpx.Client(base_url=gallery, timeout=60) as client:
        stock(client)
        yield client


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield window
        window.close()


@pytest.fixture
def desk(browser: Browser, gallery: str) -> Iterator[Desk]:
    yield from desks(browser, gallery, viewport=DESK)


@pytest.fixture
def phone(browser: Browser, gallery: str) -> Iterator[Desk]:
    yield from desks(browser, gallery, viewport=PHONE, **TOUCH)


@pytest.fixture(params=["desk", "phone"])
def screen(browser: Browser, gallery: str, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """The same person on a desk and on a phone."""
    on_phone = request.param == "phone"
    options = {"viewport": PHONE, **TOUCH} if on_phone else {"viewport": DESK}
    yield from desks(browser, gallery, **options)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo that no other test has: other bytes, another name."""
    path = tmp_path / f"dahlia{uuid4().hex[:8]}.jpg"
    path.write_bytes(unlike_any_other(SAMPLES / "dahlia.jpg"))
    return path
