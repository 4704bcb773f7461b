"""Photos that a browser puts into the store itself, and that count once they are checked."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.common.accounts import Who
from services.common.blobs import QUARANTINE
from services.gateway.direct import key_of, origin_of
from services.gateway.settings import MIB
from services.gateway.who.acting import ACTING
from services.search.quarantine import Quarantine
from tests.gateway.house import CAT, House, gateway
from tests.ports import free_port


@pytest.fixture(scope="module")
def browser(
    shared_house: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """At a second gateway of the same house, whose page sends photos to the store."""
    store = shared_house.settings.store.model_copy(update={"direct": True})
    spool = tmp_path_factory.mktemp("direct")
    told = {"store": store, "port": free_port(), "spool": spool}
    with (
        gateway(shared_house.settings.model_copy(update=told)) as url,
        httpx.Client(base_url=url, timeout=20, trust_env=False) as client,
    ):
        yield client


def begin(browser: httpx.Client) -> dict[str, Any]:
    answer = browser.post("/api/uploads")
    assert answer.status_code == 201, answer.text
    form: dict[str, Any] = answer.json()
    return form


def put(form: dict[str, Any], content: bytes, **instead: str) -> httpx.Response:
    """As a browser posts a form: its fields, then the bytes."""
    fields = {**form["fields"], **instead}
    return httpx.post(form["url"], data=fields, files={"file": ("x", content)}, trust_env=False)


def quarantined(house: House) -> list[str]:
    return list(house.blobs.keys(f"{QUARANTINE}/"))


def test_a_photo_goes_to_the_store_and_counts_when_it_is_taken(
    house: House, browser: httpx.Client
) -> None:
    content = CAT + b"direct"
    form = begin(browser)
    assert form["url"].startswith(house.settings.store.endpoint)
    assert put(form, content).status_code == 204
    rows = house.rows()
    assert quarantined(house)

    taken = browser.post(f"/api/uploads/{form['id']}", params={"filename": "my cat.jpg"})
    assert taken.status_code == 202, taken.text
    (photo,) = taken.json()["photos"]
    assert (photo["filename"], photo["duplicate"]) == ("my cat.jpg", False)
    assert house.rows() == rows + 1
    assert browser.get(f"{photo['url']}/original").content == content
    assert quarantined(house) == []
    # The same bytes by the usual way are the same photo.
    assert house.upload(content).json()["photos"][0]["id"] == photo["id"]
    assert browser.get("/api/me").json()["direct"] is True


def test_the_store_takes_no_other_name_no_other_size_and_no_late_form(
    house: House, browser: httpx.Client
) -> None:
    form = begin(browser)
    for instead in ({"key": "photos/x/1/original"}, {"Content-Type": "text/html"}):
        assert put(form, CAT, **instead).status_code == 403
    assert put(form, b"x" * (2 * MIB + 1)).status_code in (400, 413)
    assert quarantined(house) == []


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"<script>alert(1)</script>", 415, "unsupported-type"), (CAT[:900], 422, "undecodable")],
    ids=["no photo", "half a photo"],
)
def test_what_is_no_photo_never_counts_and_does_not_stay(
    house: House, browser: httpx.Client, content: bytes, status: int, code: str
) -> None:
    rows, form = house.rows(), begin(browser)
    assert put(form, content).status_code == 204
    refused = browser.post(f"/api/uploads/{form['id']}", params={"filename": "x.jpg"})
    assert refused.status_code == status, refused.text
    assert code in refused.json()["code"]
    assert house.rows() == rows
    assert quarantined(house) == []


def test_what_is_put_there_after_the_check_is_not_what_is_kept(
    house: House, browser: httpx.Client
) -> None:
    form, content = begin(browser), CAT + b"first"
    put(form, content)
    (photo,) = browser.post(f"/api/uploads/{form['id']}").json()["photos"]
    put(form, b"<script>alert(1)</script>")
    assert browser.get(f"{photo['url']}/original").content == content
    assert house.blobs.delete(quarantined(house)) == 1


def test_an_answer_that_was_lost_is_asked_for_again(house: House, browser: httpx.Client) -> None:
    form = begin(browser)
    put(form, CAT + b"again")
    house.passage.fault = lambda path: "503" if "reserve" in path else ""
    assert browser.post(f"/api/uploads/{form['id']}").status_code == 503
    house.passage.fault = lambda _: ""
    assert browser.post(f"/api/uploads/{form['id']}").status_code == 202
    assert browser.post(f"/api/uploads/{form['id']}").json()["code"] == "no-such-upload"


def test_nobody_can_name_what_somebody_else_has_sent(browser: httpx.Client) -> None:
    upload_id = begin(browser)["id"]
    names = set()
    for gallery in ("anna", "ben"):
        token = ACTING.set(Who(role="member", gallery=gallery))
        names.add(key_of(upload_id))
        ACTING.reset(token)
    assert len(names) == 2


def test_where_it_is_off_photos_are_sent_here(house: House) -> None:
    assert house.client.post("/api/uploads").json()["code"] == "not-direct"
    assert house.client.get("/api/me").json()["direct"] is False


def test_the_page_may_speak_to_that_store_and_to_nobody_else(
    house: House, browser: httpx.Client
) -> None:
    policy = browser.get("/").headers["content-security-policy"]
    origin = origin_of(house.settings.store.model_copy(update={"direct": True}))
    assert f"connect-src 'self' {origin};" in policy
    assert "connect-src 'self';" in house.client.get("/").headers["content-security-policy"]


def test_what_nobody_takes_is_gone_after_a_while(house: House, browser: httpx.Client) -> None:
    put(begin(browser), CAT)
    assert Quarantine(house.blobs, keep=3600)() == 0
    sweep = Quarantine(house.blobs, keep=-60, clock=lambda: 1000.0)
    assert (sweep(), sweep()) == (1, 0)
    assert quarantined(house) == []
