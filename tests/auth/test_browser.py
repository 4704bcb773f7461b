"""First start to signed-in gallery in a browser; what a guest, a member and a link see of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from services.common.settings import StoreSettings
from tests.auth.castle import PASSWORD, Castle, open_castle, photo_with_gps
from tests.gateway.house import until
from tests.web.desk import AXE, DESK, FLAGS, WATCH_POLICY

PATIENCE = 60_000


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield window
        window.close()


@contextmanager
def somebody(browser: Browser) -> Iterator[Page]:
    """A browser that has never been here; nothing of the page may break its own policy."""
    context = browser.new_context(viewport={"width": DESK["width"], "height": DESK["height"]})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(WATCH_POLICY)
    yield page
    assert page.evaluate("window.violations") == []
    context.close()


def accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa']}).then(r => r.violations.map(v => v.id))"
    )
    assert found == []


def enter(page: Page, button: str, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=button).click()


@pytest.fixture
def fresh(
    database: str, store: StoreSettings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Iterator[tuple[Castle, str]]:
    """Nobody has ever been here; and the link that the gateway printed."""
    with open_castle(database, store, tmp_path / "fresh") as castle:
        printed: list[str] = []

        def link() -> str:
            printed.append(capfd.readouterr().err)
            found = re.search(r"Set up your gallery: (\S+)", "".join(printed))
            return found[1] if found else ""

        yield castle, until(link, within=30)


@pytest.mark.timeout(300)
def test_from_the_first_start_to_guests_members_and_links(
    browser: Browser, fresh: tuple[Castle, str], tmp_path: Path
) -> None:
    castle, set_up = fresh
    photo = tmp_path / "garden.jpg"
    photo.write_bytes(photo_with_gps((20, 140, 60)))
    with somebody(browser) as page:
        page.goto(castle.url)
        expect(page.get_by_text("This gallery has no owner yet")).to_be_visible()
        accessible(page)
        page.goto(set_up)
        enter(page, "Make your account", "Olga")
        expect(page.get_by_test_id("account")).to_have_text("Olga", timeout=PATIENCE)
        page.get_by_test_id("files").set_input_files(photo)
        tile = page.locator("[data-testid=photo]").first
        expect(tile).to_be_visible(timeout=PATIENCE)
        invitation = invited(page)
        (photo_id,) = castle.db.execute("SELECT photo_id::text FROM photo").fetchall()[0]
        link = shared(page, photo_id)
    with somebody(browser) as guest:
        guest.goto(invitation)
        enter(guest, "Make your account", "Gus")
        expect(guest.locator("[data-testid=photo]").first).to_be_visible(timeout=PATIENCE)
        expect(guest.get_by_test_id("files")).to_have_count(0)
        assert status(guest, f"/api/photos/{photo_id}/thumb") == 200
        assert status(guest, f"/api/photos/{photo_id}/original") == 403
        assert status(guest, "/api/people") == 403
    with somebody(browser) as member:
        member.goto(f"{castle.url}/welcome#{castle.invitation('member')}")
        enter(member, "Make your account", "Mia")
        expect(member.get_by_test_id("account")).to_have_text("Mia", timeout=PATIENCE)
        expect(member.locator("[data-testid=photo]")).to_have_count(0)
        photo.write_bytes(photo_with_gps((140, 20, 60)))
        member.get_by_test_id("files").set_input_files(photo)
        expect(member.locator("[data-testid=photo]")).to_have_count(1, timeout=PATIENCE)
        assert status(member, f"/api/photos/{photo_id}/thumb") == 404
        assert status(member, "/api/people") == 403
    with somebody(browser) as passer_by:
        passer_by.goto(link)
        expect(passer_by.get_by_test_id("shared").locator("img")).to_have_count(1)
        accessible(passer_by)
        assert status(passer_by, f"/api/photos/{photo_id}/thumb") == 401
        assert status(passer_by, "/api/photos") == 401
        passer_by.goto(castle.url)
        expect(passer_by.get_by_role("button", name="Sign in")).to_be_visible()


def invited(page: Page) -> str:
    page.get_by_test_id("account").click()
    page.get_by_role("button", name="Invite a guest").click()
    secret = page.get_by_test_id("secret")
    expect(secret).to_have_text(re.compile("/welcome#"))
    accessible(page)
    link = secret.inner_text()
    page.get_by_role("button", name="Close").click()
    return link


def shared(page: Page, photo_id: str) -> str:
    """By the page's own session, with the header that only our page sends."""
    told = page.evaluate(
        """photo => fetch("/api/shares", {
            method: "POST",
            headers: {"X-Imgcap": "1", "Content-Type": "application/json"},
            body: JSON.stringify({kind: "photo", photos: [photo]}),
        }).then(answer => answer.json())""",
        photo_id,
    )
    return str(told["link"])


def status(page: Page, path: str) -> int:
    return int(page.evaluate("path => fetch(path).then(answer => answer.status)", path))
