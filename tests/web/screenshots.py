"""Pictures for the docs, of a running demo: ``python -m tests.web.screenshots ADDRESS``."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from services.embedded.browser import find
from tests.web.desk import FLAGS

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
DESKTOP: ViewportSize = {"width": 1360, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
QUALITY = 82
#: What is asked, and a point of the map of moods.
WORDS, FEELING = "sunset+symmetry", "feeling:0.4,-0.6"
DRAWN = "leading+lines,symmetry"
#: As long as the slowest picture takes to come in.
WHOLE = """() => {
    const seen = [...document.images].filter(one => {
        const { top, bottom, width } = one.getBoundingClientRect();
        return width && top < innerHeight && bottom > 0;
    });
    return seen.length > 1 && seen.every(
        one => one.naturalWidth && getComputedStyle(one).opacity === "1"
    );
}"""


def on_desk(browser: Browser, theme: str) -> Page:
    return browser.new_page(
        viewport=DESKTOP,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )


def on_phone(browser: Browser) -> Page:
    return browser.new_page(
        viewport=PHONE,
        device_scale_factor=2,
        reduced_motion="reduce",
        is_mobile=True,
        has_touch=True,
    )


def shoot(page: Page, address: str, name: str, press: str = "") -> None:
    """``press`` is the test id of what is tapped before."""
    page.goto(address)
    page.wait_for_function(WHOLE, timeout=60_000)
    if press:
        page.get_by_test_id(press).first.click()
    page.wait_for_timeout(700)
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=QUALITY)


def main() -> None:
    base = sys.argv[1].rstrip("/")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find(), args=FLAGS)
        found = browser.new_page().request.get(f"{base}/api/search?q=leading+lines").json()
        open_photo = f"{base}/?photo={found['photos'][0]['id']}&draw={DRAWN}"
        for theme in ("light", "dark"):
            page = on_desk(browser, theme)
            shoot(page, base, f"gallery-{theme}")
            shoot(page, f"{base}/?q={WORDS}", f"search-{theme}", press="why")
            shoot(page, f"{base}/?q={FEELING}&strictness=20&refine=1", f"moods-{theme}")
            shoot(page, open_photo, f"viewer-{theme}")
        page = on_phone(browser)
        shoot(page, base, "phone-gallery")
        shoot(page, f"{base}/?q={FEELING}&strictness=20&refine=1", "phone-moods")
        shoot(page, open_photo, "phone-viewer")
        browser.close()


if __name__ == "__main__":
    main()
