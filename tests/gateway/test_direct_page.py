"""A real browser that sends photos to a store at another origin, as its CORS rules allow."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Response, expect, sync_playwright

from services.common.blobs import QUARANTINE
from services.embedded.store import Store
from tests.gateway.house import House, gateway, jpeg, until
from tests.ports import free_port
from tests.web.desk import DESK, FLAGS, ROOT, Desk, desks

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import CORSRuleTypeDef

#: What the browser itself tells of the bytes that went to each address.
WATCH_PROGRESS = """
window.progress = [];
const open = XMLHttpRequest.prototype.open;
XMLHttpRequest.prototype.open = function (method, url) {
    this.upload.addEventListener("progress", (event) => window.progress.push([url, event.loaded]));
    return open.apply(this, arguments);
};
"""


@pytest.fixture
def desk(shared_house: House, store_node: Store, chromium: Path, tmp_path: Path) -> Iterator[Desk]:
    """Before the real page of a gateway whose photos go to the store."""
    store = shared_house.settings.store.model_copy(update={"direct": True})
    port = free_port()
    told = {"store": store, "port": port, "spool": tmp_path / "s", "web": ROOT / "web" / "dist"}
    rule: CORSRuleTypeDef = {
        "AllowedOrigins": [f"http://127.0.0.1:{port}"],
        "AllowedMethods": ["POST"],
        "AllowedHeaders": ["*"],
    }
    store_node.client().put_bucket_cors(
        Bucket=store.bucket, CORSConfiguration={"CORSRules": [rule]}
    )
    with (
        gateway(shared_house.settings.model_copy(update=told)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield from desks(browser, url, viewport=DESK)
        browser.close()


def test_a_browser_sends_photos_to_the_store_and_is_told_what_is_none(
    house: House, desk: Desk, tmp_path: Path
) -> None:
    photo, letter = tmp_path / "fjord.jpg", tmp_path / "letter.jpg"
    photo.write_bytes(jpeg((900, 700)))
    letter.write_text("Dear diary, this is no photo." * 99)
    store, rows = house.settings.store.endpoint, house.rows()
    answers: list[Response] = []
    desk.page.on("response", lambda one: answers.append(one))
    desk.page.add_init_script(WATCH_PROGRESS)
    page = desk.open()
    page.get_by_test_id("files").set_input_files([photo, letter])

    expect(desk.line(photo.name)).to_have_attribute("data-phase", "kept")
    expect(desk.line(letter.name)).to_have_attribute("data-phase", "refused")
    expect(desk.line(letter.name)).to_contain_text("not a JPEG")
    posts = [one for one in answers if one.request.method == "POST" and store in one.url]
    assert [one.status for one in posts] == [204, 204]
    for one in posts:
        assert one.headers["access-control-allow-origin"] in ("*", desk.address)
    assert [one.url for one in answers if "/api/photos?filename" in one.url] == []
    sent = [loaded for url, loaded in page.evaluate("window.progress") if url.startswith(store)]
    assert max(sent) >= photo.stat().st_size
    assert house.rows() == rows + 1
    until(lambda: list(house.blobs.keys(f"{QUARANTINE}/")) == [])
