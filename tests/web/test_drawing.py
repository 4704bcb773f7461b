"""What was seen in a photo, drawn over it."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.web.desk import SAMPLES, Desk, unlike_any_other


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    """A photo with a thing in it that has a box; no other test has it."""
    path = tmp_path / f"cat{uuid4().hex[:8]}.jpg"
    path.write_bytes(unlike_any_other(SAMPLES / "cat.jpg"))
    return path


def test_the_open_photo_shows_its_tags_and_draws_its_composition(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    viewer = desk.view(photo)
    expect(viewer.get_by_test_id("tag").first).to_be_visible()
    expect(viewer.get_by_text("Why it was found")).to_be_visible()
    draw = viewer.get_by_role("button", name=re.compile("draw it on the photo$")).first
    draw.click()
    expect(draw).to_have_attribute("aria-pressed", "true")
    expect(viewer.get_by_test_id("overlay").locator("line, rect, circle").first).to_be_attached()
    draw.click()
    expect(viewer.get_by_test_id("overlay")).to_have_count(0)


@pytest.mark.usefixtures("stocked")
def test_the_technique_that_a_photo_was_found_by_is_drawn_at_once(desk: Desk) -> None:
    page = desk.open("?q=symmetry")
    page.get_by_test_id("photo").first.get_by_role("link").click()
    viewer = page.get_by_role("dialog", name=re.compile("^Photo "))
    overlay, button = viewer.get_by_test_id("overlay"), viewer.get_by_role("button", pressed=True)
    found = button.filter(has_text="symmetry")
    expect(found).to_have_count(1)
    expect(overlay.locator("line").first).to_be_attached()
    found.click()
    expect(overlay).to_have_count(0)
    page.wait_for_url(re.compile("draw=nothing"))
    viewer.get_by_role("button", name=re.compile("^symmetry .*draw it")).click()
    expect(overlay).to_have_count(1)


def test_a_label_shows_where_it_is_while_the_pointer_is_on_it(desk: Desk, cat: Path) -> None:
    desk.open()
    desk.upload_and_wait(cat)
    viewer = desk.view(cat)
    viewer.get_by_role("link", name=re.compile(r"\bcat\b")).first.hover()
    expect(viewer.get_by_test_id("overlay").locator(".ink rect.found")).to_have_count(1)
    viewer.get_by_role("heading").first.hover()
    expect(viewer.get_by_test_id("overlay")).to_have_count(0)


def test_a_tap_shows_where_a_label_is_and_another_tap_hides_it(phone: Desk, cat: Path) -> None:
    phone.open()
    phone.upload_and_wait(cat)
    viewer = phone.view(cat)
    where = viewer.get_by_role("button", name="Show where cat is")
    where.tap()
    expect(where).to_have_attribute("aria-pressed", "true")
    drawn = viewer.get_by_test_id("overlay").locator(".ink rect.found")
    expect(drawn).to_have_count(1)
    expect(drawn).to_be_in_viewport()
    where.tap()
    expect(viewer.get_by_test_id("overlay")).to_have_count(0)


def test_what_is_drawn_lands_on_the_right_pixels(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    viewer = desk.view(photo)
    address = re.search(r"photo=([^&]+)", desk.page.url)
    assert address
    tags = desk.page.request.get(f"{desk.address}/api/photos/{address[1]}").json()["tags"]
    tag = next(tag for tag in tags if "box" in ((tag["evidence"] or {}).get("subject") or {}))
    viewer.get_by_role("button", name=re.compile(f"^{tag['text']} .*draw it")).click()
    drawn = viewer.locator("[data-testid=overlay] .ink rect.subject").bounding_box()
    seen = viewer.get_by_test_id("display").bounding_box()
    assert drawn
    assert seen
    x, y, width, height = tag["evidence"]["subject"]["box"]
    near = pytest.approx
    assert drawn["x"] == near(seen["x"] + x * seen["width"], abs=seen["width"] / 100)
    assert drawn["y"] == near(seen["y"] + y * seen["height"], abs=seen["height"] / 100)
    assert drawn["width"] == near(width * seen["width"], abs=seen["width"] / 100)
    assert drawn["height"] == near(height * seen["height"], abs=seen["height"] / 100)
