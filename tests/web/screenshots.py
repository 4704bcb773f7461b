"""Pictures for the docs, of a running demo: ``python -m tests.web.screenshots ADDRESS``."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from services.embedded.browser import find
from tests.web.desk import FLAGS

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
DESKTOP, PHONE = (1360, 860), (390, 844)
QUALITY = 82


def page_of(browser: Browser, size: tuple[int, int], theme: str) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        is_mobile=size is PHONE,
        has_touch=size is PHONE,
    )
    return context.new_page()


def shoot(page: Page, address: str, name: str, draw: str = "") -> None:
    """``draw`` names the technique whose evidence is laid over the photo."""
    page.goto(address)
    page.wait_for_timeout(2000)
    if draw:
        page.get_by_role("button", name=draw).first.click()
        page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=QUALITY)


def main() -> None:
    base = sys.argv[1].rstrip("/")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find(), args=FLAGS)
        for theme in ("light", "dark"):
            page = page_of(browser, DESKTOP, theme)
            shoot(page, base, f"gallery-{theme}")
            shoot(page, f"{base}/?q=symmetry", f"search-{theme}")
            hit = page.request.get(f"{base}/api/search?q=leading+lines").json()["photos"][0]["id"]
            shoot(page, f"{base}/?photo={hit}", f"viewer-{theme}", draw="leading lines")
        page = page_of(browser, PHONE, "light")
        shoot(page, base, "phone-gallery")
        shoot(page, f"{base}/?photo={hit}", "phone-viewer", draw="symmetry")
        browser.close()


if __name__ == "__main__":
    main()
