"""A file that was uploaded as a photo never runs in a browser, however it is opened."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.gateway.house import House
from tests.security.polyglots import BEACON, polyglots
from tests.web.desk import FLAGS

FORMS = ("original", "display", "thumb")


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield window
        window.close()


class Watched:
    """A page that tells whether anything ran or was asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: list[str] = []
        page.on("console", lambda message: self._hear(message.text))
        page.on("dialog", self._shut)
        page.on("request", lambda request: self._ask(request.url))
        self.expected = ""

    def _shut(self, dialog: Dialog) -> None:
        self.seen.append("dialog")
        dialog.dismiss()

    def _hear(self, text: str) -> None:
        if BEACON in text:
            self.seen.append(text)

    def _ask(self, url: str) -> None:
        if url != self.expected and not url.endswith("/favicon.ico"):
            self.seen.append(f"asked for {url}")

    def open(self, url: str) -> None:
        self.expected = url
        try:
            self.page.goto(url, wait_until="load", timeout=10_000)
        except BrowserError as error:
            if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
                raise
        if self.page.title() == BEACON:
            self.seen.append("title")


def test_thirty_polyglots_opened_in_a_browser_run_nothing(house: House, browser: Browser) -> None:
    files = list(polyglots())
    assert len(files) >= 30
    watched = Watched(browser.new_page())
    refused = 0
    for number, (name, content) in enumerate(files):
        answer = house.upload(content, name)
        if answer.status_code not in (200, 202):
            assert answer.status_code in (415, 422), (name, answer.text)
            refused += 1
            continue
        identity = answer.json()["photos"][0]["id"]
        for form in FORMS if number % 5 == 0 else FORMS[:2]:
            watched.open(f"{house.url}/api/photos/{identity}/{form}")
            assert watched.seen == [], (name, form)
        for form in ("display", "thumb"):
            made = house.client.get(f"/api/photos/{identity}/{form}").content
            assert BEACON.encode() not in made, (name, form)
    assert refused < 5, "they must be photos, or nothing was tried"
    watched.page.close()


def test_the_same_files_run_where_nothing_guards_them(browser: Browser, tmp_path: Path) -> None:
    """Or else the test above proves nothing."""
    ran = 0
    for number, (name, content) in enumerate(polyglots()):
        if name.startswith(("comment-html", "tail.html", "exif-html", "text-html", "chunk-svg")):
            file = tmp_path / f"{number}.html"
            file.write_bytes(content)
            watched = Watched(browser.new_page())
            watched.open(file.as_uri())
            ran += any(BEACON in seen or seen in ("dialog", "title") for seen in watched.seen)
            watched.page.close()
    assert ran >= 3


def test_a_name_that_is_a_script_is_shown_as_words(house: House, browser: Browser) -> None:
    name = f"<img src=x onerror=console.log('{BEACON}')>.jpg"
    identity = house.kept(next(content for _, content in polyglots()), name)
    watched = Watched(browser.new_page())
    for path in (f"/api/photos/{identity}", f"/api/search?q={quote(name)}", "/docs"):
        watched.open(f"{house.url}{path}")
        assert watched.seen == []
    watched.page.close()
