"""The grid: full rows, many ways to choose photos, nothing that jumps or overflows."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.samples import identities
from tests.web.desk import TOUCH, Desk, desks

SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
pytestmark = pytest.mark.usefixtures("stocked")

#: Half of what browsers call good is a jump that nobody sees.
STILL = 0.05
NARROW = {"width": 360, "height": 640}


def boxes(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.get_by_test_id("photo").evaluate_all(
        """tiles => tiles.map(tile => {
            const { left, top, width } = tile.getBoundingClientRect();
            const height = tile.querySelector("a").offsetHeight;
            return { left, top, width, height, id: tile.dataset.photo };
        })"""
    )
    return found


def chosen(page: Page) -> int:
    return page.locator("[data-testid=photo] [role=checkbox][aria-checked=true]").count()


def test_rows_are_full_and_shapes_are_true(desk: Desk, stocked: httpx.Client) -> None:
    page = desk.open()
    expect(page.get_by_test_id("photo").nth(5)).to_be_visible()
    room = page.get_by_test_id("grid").bounding_box()
    assert room
    rows: dict[int, list[dict[str, Any]]] = {}
    for box in boxes(page):
        rows.setdefault(round(box["top"]), []).append(box)
    for row in list(rows.values())[:-1]:
        end = max(box["left"] + box["width"] for box in row)
        assert end == pytest.approx(room["x"] + room["width"], abs=2)
    tunnel = stocked.get(f"/api/photos/{identities()['tunnel']}").json()
    (shown,) = [box for box in boxes(page) if box["id"] == tunnel["id"]]
    true = tunnel["width"] / tunnel["height"]
    assert shown["width"] / shown["height"] == pytest.approx(true, rel=0.02)


def test_photos_are_chosen_by_shift_by_a_drawn_box_and_by_keys(desk: Desk) -> None:
    page = desk.open()
    tiles = page.get_by_test_id("photo")
    expect(tiles.nth(5)).to_be_visible()
    bar = page.get_by_role("toolbar", name="Selected photos")

    tiles.nth(0).hover()
    tiles.nth(0).get_by_role("checkbox").click()
    tiles.nth(3).get_by_role("checkbox").click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 selected")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)

    first, second = tiles.nth(0).bounding_box(), tiles.nth(1).bounding_box()
    assert first
    assert second
    page.mouse.move(first["x"] + 40, first["y"] + 60)
    page.mouse.down()
    page.mouse.move(second["x"] + 20, second["y"] + 90, steps=6)
    page.mouse.up()
    expect(bar).to_contain_text("2 selected")
    assert chosen(page) == 2
    page.keyboard.press("Escape")

    tiles.nth(0).get_by_role("link").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(bar).to_contain_text("3 selected")
    page.keyboard.press("Control+a")
    expect(bar).not_to_contain_text("3 selected")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_the_gallery_begins_with_its_oldest_photo_when_asked_to(
    desk: Desk, stocked: httpx.Client
) -> None:
    page = desk.open()
    page.get_by_role("combobox", name="Order").select_option("oldest")
    page.wait_for_url(re.compile("sort=oldest"))
    answer = stocked.get("/api/photos", params={"sort": "oldest", "limit": 3}).json()
    ids = [photo["id"] for photo in answer["photos"]]
    expect(page.get_by_test_id("photo").first).to_have_attribute("data-photo", ids[0])
    assert [box["id"] for box in boxes(page)[:3]] == ids
    rest = {"sort": "oldest", "limit": 200, "cursor": answer["cursor"]}
    later = stocked.get("/api/photos", params=rest).json()["photos"]
    newest = stocked.get("/api/photos", params={"limit": 200}).json()["photos"]
    assert [photo["id"] for photo in newest][::-1] == ids + [photo["id"] for photo in later]


def test_size_is_said_by_the_address(desk: Desk) -> None:
    page = desk.open()
    expect(page.get_by_test_id("photo").first).to_be_visible()
    before = boxes(page)[0]["height"]
    # By one step a row of few photos may stay as it is; by two it cannot.
    page.get_by_role("button", name="Larger photos").click()
    page.get_by_role("button", name="Larger photos").click()
    page.wait_for_url(re.compile("size=4"))
    first = page.get_by_test_id("photo").first.get_by_role("link")
    expect(first).not_to_have_css("height", f"{before}px")
    assert boxes(page)[0]["height"] > before
    page.reload()
    expect(page.get_by_test_id("photo").first).to_be_visible()
    assert boxes(page)[0]["height"] > before


def test_the_whole_reason_of_a_match_is_told_on_hover_and_on_tap(screen: Desk) -> None:
    page = screen.open("?q=leading+lines")
    why = page.get_by_test_id("why").first
    expect(why).to_be_visible()
    reason = page.get_by_test_id("reason")
    if page.evaluate("matchMedia('(hover: none)').matches"):
        why.tap()
    else:
        why.hover()
    expect(reason).to_contain_text(re.compile(r"\d+ % match"))
    expect(reason).to_contain_text("like your words")
    box = reason.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.evaluate("window.innerWidth")
    why.focus()
    page.keyboard.press("Escape")
    expect(reason).to_have_count(0)


def test_nothing_jumps_while_the_gallery_and_a_search_come_in(screen: Desk) -> None:
    screen.page.add_init_script(SHIFTS)
    page = screen.open()
    expect(page.get_by_test_id("photo").nth(3)).to_be_visible()
    page.wait_for_timeout(600)
    assert page.evaluate("window.shifts") < STILL
    page = screen.open("?q=nature")
    expect(page.get_by_test_id("photo").first).to_be_visible()
    page.wait_for_timeout(600)
    assert page.evaluate("window.shifts") < STILL


def test_the_smallest_phones_show_every_view_whole(browser: Browser, gallery: str) -> None:
    photo = identities()["tunnel"]
    for desk in desks(browser, gallery, viewport=NARROW, **TOUCH):
        for view in ("", "?q=nature", "?refine=1&q=nature", f"?photo={photo}", "status", "eyes"):
            page = desk.open(view)
            expect(page.locator("main, dialog").first).to_be_visible()
            page.wait_for_timeout(300)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide == NARROW["width"], view
