"""The whole journey on the page: upload, watch, find, look, edit, delete, on a desk and a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.web.desk import (
    DESK,
    PHONE,
    ROOT,
    SEARCHABLE_MS,
    Desk,
    assert_accessible,
    desks,
)

HOSTILE = '<img src=x onerror="document.title=1">'


def test_photos_chosen_on_the_page_become_searchable_and_a_bad_file_says_why(
    desk: Desk, photo: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "letter.jpg"
    bad.write_text("Dear diary, this is no photo.")
    desk.open()
    desk.upload(photo, bad)
    expect(desk.line("letter.jpg")).to_have_attribute("data-phase", "refused")
    expect(desk.line("letter.jpg")).to_contain_text("not a JPEG")
    expect(desk.line(photo.name)).to_have_attribute("data-status", "ready", timeout=SEARCHABLE_MS)
    expect(desk.tile(photo.name)).to_have_attribute("data-status", "ready")
    expect(desk.find(photo)).to_be_visible()
    expect(desk.find(photo).get_by_test_id("why")).not_to_be_empty()


def test_a_photo_sent_twice_is_said_to_be_here_already(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    desk.upload(photo)
    expect(desk.line(photo.name).first).to_contain_text("Already in your gallery")
    expect(desk.tile(photo.name)).to_have_count(1)


def test_a_photo_sent_from_elsewhere_appears_by_itself(desk: Desk, photo: Path) -> None:
    desk.open()
    expect(desk.page.get_by_test_id("files")).to_be_attached()
    desk.page.request.post(
        f"{desk.address}/api/photos?filename={photo.name}",
        data=photo.read_bytes(),
        headers={"Content-Type": "image/jpeg"},
    )
    expect(desk.tile(photo.name)).to_have_attribute("data-status", "ready", timeout=SEARCHABLE_MS)


def test_back_forward_and_reload_lead_where_they_should(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    viewer = desk.view(photo)
    opened = desk.page.url
    desk.page.go_back()
    expect(viewer).to_have_count(0)
    expect(desk.page.get_by_test_id("title")).to_contain_text(photo.stem)
    desk.page.go_forward()
    expect(viewer).to_be_visible()
    desk.page.reload()
    assert desk.page.url == opened
    expect(viewer.get_by_test_id("display")).to_have_css("opacity", "1")
    expect(viewer.get_by_test_id("panel")).to_be_visible()
    viewer.press("Escape")
    expect(viewer).to_have_count(0)
    desk.page.go_back()
    expect(desk.page.get_by_test_id("title")).not_to_contain_text(photo.stem)


def test_a_hostile_tag_stays_text(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    viewer = desk.view(photo)
    viewer.get_by_role("combobox", name="Add a tag").fill(HOSTILE)
    viewer.get_by_role("button", name="Add", exact=True).click()
    tag = viewer.get_by_test_id("tag").filter(has_text=HOSTILE)
    expect(tag).to_be_visible()
    tag.get_by_role("link").click()
    expect(desk.page.get_by_test_id("title")).to_contain_text(HOSTILE)
    assert desk.page.locator("img[src=x]").count() == 0
    assert desk.page.title() != "1"


def test_a_tag_added_and_one_rejected_are_remembered(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    viewer = desk.view(photo)
    wrong = viewer.get_by_test_id("tag").first.locator(".text").inner_text()
    viewer.get_by_role("combobox", name="Add a tag").fill("grandmother's garden")
    viewer.get_by_role("button", name="Add", exact=True).click()
    expect(viewer.get_by_test_id("tag").filter(has_text="grandmother's garden")).to_be_visible()
    viewer.get_by_role("button", name="Edit", exact=True).click()
    viewer.get_by_role("button", name=f"Remove {wrong}", exact=True).click()
    gone = viewer.get_by_role("link", name=re.compile(f"Find more “{re.escape(wrong)}”"))
    expect(gone).to_have_count(0)
    desk.page.reload()
    expect(viewer.get_by_test_id("tag").filter(has_text="grandmother's garden")).to_be_visible()
    expect(gone).to_have_count(0)


def test_the_keyboard_alone_finds_opens_and_closes(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    desk.page.locator("body").press("/")
    expect(desk.page.get_by_role("combobox", name="Search photos")).to_be_focused()
    desk.page.keyboard.type(photo.stem)
    desk.page.keyboard.press("Enter")
    link = desk.tile(photo.name).get_by_role("link")
    expect(link).to_be_visible()
    link.focus()
    desk.page.keyboard.press("x")
    expect(desk.page.get_by_role("toolbar", name="Selected photos")).to_contain_text("1 selected")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Enter")
    viewer = desk.page.get_by_role("dialog", name=re.compile("^Photo "))
    expect(viewer).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(link).to_be_focused()


def a_tag_of(desk: Desk, photo: Path) -> str:
    """Uploads the photo, reads what is said of it, and goes back to the gallery."""
    desk.open()
    desk.upload_and_wait(photo)
    text = desk.view(photo).get_by_test_id("tag").first.locator(".text").inner_text()
    desk.open()
    return text


def test_a_search_completes_tags_with_their_counts(desk: Desk, photo: Path) -> None:
    tag = a_tag_of(desk, photo)
    box = desk.page.get_by_role("combobox", name="Search photos")
    box.click()
    box.press_sequentially(tag[:3])
    option = desk.page.get_by_role("option").filter(has_text=tag).first
    expect(option).to_be_visible()
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "offer-0")
    option.click()
    expect(desk.page.get_by_test_id("title")).to_contain_text(f"“{tag}”")


@pytest.mark.parametrize("before", ["label:", "-label:", "-", '"'])
def test_a_field_a_sign_and_a_quote_are_completed_too(
    desk: Desk, photo: Path, before: str
) -> None:
    tag = a_tag_of(desk, photo)
    box = desk.page.get_by_role("combobox", name="Search photos")
    box.click()
    box.press_sequentially(before + tag[:3])
    expect(desk.page.get_by_role("option").filter(has_text=tag).first).to_be_visible()
    box.press("ArrowDown")
    expect(box).to_have_value(re.compile(re.escape(before) + '"?' + tag[:3]))


def test_the_page_works_on_a_phone(phone: Desk, photo: Path) -> None:
    page = phone.open()
    phone.upload_and_wait(photo)
    page.get_by_test_id("tray").get_by_role("button", name="Close").tap()
    viewer = phone.view(photo)
    expect(viewer.get_by_test_id("display")).to_be_in_viewport()
    viewer.get_by_role("button", name=re.compile("draw it on the photo$")).first.tap()
    expect(viewer.get_by_test_id("overlay").locator("line, rect, circle").first).to_be_attached()
    page.wait_for_url(re.compile("draw="))
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths == [PHONE["width"], PHONE["width"]]
    viewer.get_by_role("button", name="Delete").tap()
    page.get_by_test_id("notice").get_by_role("button", name="Undo").tap()
    phone.open()
    expect(phone.tile(photo.name)).to_be_visible()
    page.get_by_role("button", name="Refine the search").tap()
    page.get_by_test_id("mood-map").tap(position={"x": 250, "y": 170})
    page.wait_for_url(re.compile("feeling"))
    page.get_by_test_id("refine").get_by_role("button", name=re.compile("^Show|^Nothing")).tap()
    expect(page.get_by_test_id("refine")).to_have_count(0)
    expect(page.get_by_test_id("chips").get_by_role("listitem")).to_have_count(1)


def test_a_photo_says_what_the_eyes_of_this_machine_can_and_cannot_do(
    desk: Desk, photo: Path
) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    viewer = desk.view(photo)
    viewer.get_by_text("Looked at on this machine").click()
    documented = (ROOT / "docs" / "local-eyes.md").read_text()
    paragraph = documented.split("## In one paragraph")[1].split("##")[0]
    plain = " ".join(paragraph.replace("**", "").split())
    expect(viewer).to_contain_text(plain[:120])
    expect(viewer.get_by_role("row").filter(has_text="labels")).to_be_visible()
    viewer.get_by_role("link", name="All of it").click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("can and cannot do")
    expect(desk.page.get_by_role("heading", name="How it was measured")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_accessible(browser: Browser, gallery: str, scheme: str, photo: Path) -> None:
    for desk in desks(
        browser, gallery, viewport=DESK, color_scheme=scheme, reduced_motion="reduce"
    ):
        desk.open()
        desk.upload_and_wait(photo)
        assert_accessible(desk.page, "gallery with uploads")
        desk.page.get_by_role("combobox", name="Search photos").click()
        expect(desk.page.get_by_role("option").first).to_be_visible()
        assert_accessible(desk.page, "search box")
        desk.find(photo).get_by_test_id("why").click()
        expect(desk.page.get_by_test_id("reason")).to_be_visible()
        assert_accessible(desk.page, "matches with a reason")
        desk.page.keyboard.press("Escape")
        viewer = desk.view(photo)
        expect(viewer.get_by_text("More like this")).to_be_visible()
        viewer.get_by_role("button", name=re.compile("draw it on the photo$")).first.click()
        viewer.get_by_role("button", name="Edit", exact=True).click()
        assert_accessible(desk.page, "viewer")
        viewer.get_by_role("button", name="Close").click()
        desk.page.get_by_role("button", name="Refine the search").click()
        expect(desk.page.get_by_test_id("refine")).to_be_visible()
        assert_accessible(desk.page, "pickers")
        desk.tile(photo.name).hover()
        desk.tile(photo.name).get_by_role("checkbox").click()
        assert_accessible(desk.page, "selection")
        desk.page.keyboard.press("Escape")
        desk.page.get_by_test_id("status").click()
        assert_accessible(desk.page, "state of the gallery")
        desk.open("?q=nothing+of+the+kind")
        expect(desk.page.get_by_test_id("nothing")).to_be_visible()
        assert_accessible(desk.page, "nothing found")
        desk.open("status")
        expect(desk.page.get_by_test_id("oldest")).to_be_visible()
        assert_accessible(desk.page, "operator")
        desk.open("eyes")
        expect(desk.page.get_by_role("heading", name="In one paragraph")).to_be_visible()
        assert_accessible(desk.page, "local eyes")
