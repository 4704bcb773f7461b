"""Originals fetched from the store itself: where a browser is sent, and what it gets there."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.gateway.house import CAT, House, gateway
from tests.ports import free_port


@pytest.fixture
def browser(house: House, tmp_path: Path) -> Iterator[httpx.Client]:
    """At a second gateway of the same house, which sends people on to the store."""
    store = house.settings.store.model_copy(update={"redirect": True, "signed_seconds": 60})
    told = {"store": store, "port": free_port(), "spool": tmp_path / "spool"}
    with (
        gateway(house.settings.model_copy(update=told)) as url,
        httpx.Client(base_url=url, timeout=20, trust_env=False) as client,
    ):
        yield client


def test_an_original_is_fetched_from_the_store_and_all_else_from_the_gateway(
    house: House, browser: httpx.Client
) -> None:
    photo = f"/api/photos/{house.kept(CAT + b'!', 'my cat.jpg')}"
    sent_on = browser.get(f"{photo}/original")
    assert sent_on.status_code == 307
    assert sent_on.headers["cache-control"] == "no-store"
    where = httpx.URL(sent_on.headers["location"])
    assert str(where).startswith(f"{house.settings.store.endpoint}/{house.settings.store.bucket}/")
    assert where.params["X-Amz-Expires"] == "60"

    got = httpx.get(where, trust_env=False)
    assert (got.status_code, got.content) == (200, CAT + b"!")
    assert got.headers["content-type"] == "image/jpeg"
    assert 'attachment; filename="my cat.jpg"' in got.headers["content-disposition"]
    # Small, and kept for ever by browsers: a new signature each time would undo that.
    for form in ("display", "thumb"):
        assert browser.get(f"{photo}/{form}").status_code == 200


def test_a_deleted_photo_sends_nobody_anywhere(house: House, browser: httpx.Client) -> None:
    photo = f"/api/photos/{house.kept(CAT + b' ', 'gone.jpg')}"
    assert browser.get(f"{photo}/original").status_code == 307
    assert browser.delete(photo).status_code == 204
    assert browser.get(f"{photo}/original").status_code == 404
