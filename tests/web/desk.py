"""A browser window on the gallery, in the words of the person before it."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
TOUCH = {"has_touch": True, "is_mobile": True}
SEARCHABLE_MS = 60_000
ACT_MS = 10_000
#: What is seen may come as late as what is done.
expect.set_options(timeout=ACT_MS)
WATCH_POLICY = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


class Desk:
    """A browser window that remembers everything that went wrong in it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page: Page = context.new_page()
        self.wrongs: list[str] = []
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.wrongs.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser itself logs a refused upload; the page says so in its own words.
        sending = re.search("/api/(photos|uploads)", message.location.get("url", ""))
        refused = sending and "status of 4" in message.text
        if message.type in ("error", "warning") and not refused:
            self.wrongs.append(message.text)

    def open(self, query: str = "") -> Page:
        self.page.goto(f"{self.address}/{query}")
        return self.page

    def upload(self, *photos: Path) -> None:
        self.page.get_by_test_id("files").set_input_files(photos)

    def line(self, name: str) -> Locator:
        return self.page.get_by_test_id("upload").filter(has_text=name)

    def upload_and_wait(self, photo: Path) -> None:
        self.upload(photo)
        expect(self.line(photo.name)).to_have_attribute(
            "data-status", "ready", timeout=SEARCHABLE_MS
        )

    def tile(self, name: str) -> Locator:
        return self.page.locator(f'[data-testid=photo][data-name="{name}"]')

    def search(self, words: str) -> None:
        box = self.page.get_by_role("combobox", name="Search photos")
        box.fill(words)
        box.press("Enter")
        expect(self.page.get_by_test_id("title")).to_contain_text(f"“{words}”")

    def find(self, photo: Path) -> Locator:
        """Searches for a photo by its name, which no other photo has."""
        self.search(photo.stem)
        return self.tile(photo.name).first

    def view(self, photo: Path) -> Locator:
        self.find(photo).get_by_role("link").click()
        viewer = self.page.get_by_role("dialog", name=re.compile("^Photo "))
        expect(viewer.get_by_test_id("panel")).to_be_visible()
        return viewer


def desks(browser: Browser, address: str, **options: Any) -> Iterator[Desk]:
    context = browser.new_context(**options)
    context.set_default_timeout(ACT_MS)
    desk = Desk(context, address)
    yield desk
    assert desk.page.evaluate("window.violations ?? []") == []
    assert desk.wrongs == [], "\n".join(desk.wrongs)
    context.close()


def unlike_any_other(sample: Path) -> bytes:
    copy = io.BytesIO()
    Image.open(sample).save(copy, "JPEG", quality=90, comment=uuid4().bytes)
    return copy.getvalue()


def assert_accessible(page: Page, view: str) -> None:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run()")["violations"]
    told = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    assert told == [], f"{view}: {json.dumps(told, indent=1)}"
