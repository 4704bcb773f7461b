"""Deleting on the page: at once for the eye, for good a little later, never without a way back."""

from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.web.desk import Desk, unlike_any_other

#: The time to undo, and some for the call itself.
GONE_MS = 14_000


def identity(desk: Desk, photo: Path) -> str:
    found = desk.tile(photo.name).first.get_attribute("data-photo")
    assert found
    return found


def is_kept(desk: Desk, photo_id: str) -> bool:
    return httpx.get(f"{desk.address}/api/photos/{photo_id}").status_code == 200


def test_a_deleted_photo_leaves_the_page_at_once_and_the_gallery_a_little_later(
    desk: Desk, photo: Path
) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    of = identity(desk, photo)
    desk.view(photo).get_by_role("button", name="Delete").click()
    expect(desk.page.get_by_test_id("notice")).to_contain_text("Photo deleted")
    assert is_kept(desk, of)
    desk.page.wait_for_event(
        "requestfinished", lambda request: request.method == "DELETE", timeout=GONE_MS
    )
    assert not is_kept(desk, of)
    desk.open()
    expect(desk.page.get_by_test_id("files")).to_be_attached()
    expect(desk.tile(photo.name)).to_have_count(0)


def test_a_photo_deleted_by_mistake_comes_back_to_its_place(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    of = identity(desk, photo)
    desk.tile(photo.name).hover()
    desk.tile(photo.name).get_by_role("checkbox").click()
    desk.page.keyboard.press("Delete")
    expect(desk.tile(photo.name)).to_have_count(0)
    desk.page.get_by_test_id("notice").get_by_role("button", name="Undo").click()
    expect(desk.tile(photo.name)).to_be_visible()
    desk.page.locator("body").click(position={"x": 5, "y": 5})
    desk.tile(photo.name).get_by_role("link").focus()
    desk.page.keyboard.press("x")
    desk.page.keyboard.press("Delete")
    expect(desk.tile(photo.name)).to_have_count(0)
    desk.page.keyboard.press("Control+z")
    expect(desk.tile(photo.name)).to_be_visible()
    desk.page.reload()
    expect(desk.tile(photo.name)).to_be_visible()
    assert is_kept(desk, of)


def test_a_page_that_closes_deletes_what_it_promised(desk: Desk, photo: Path) -> None:
    other = photo.with_name(f"other-{photo.name}")
    other.write_bytes(unlike_any_other(photo))
    desk.open()
    desk.upload_and_wait(photo)
    desk.upload_and_wait(other)
    doomed = [identity(desk, photo), identity(desk, other)]
    for name in (photo.name, other.name):
        desk.tile(name).hover()
        desk.tile(name).get_by_role("checkbox").click()
    bar = desk.page.get_by_role("toolbar", name="Selected photos")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Delete").click()
    expect(bar).to_have_count(0)
    assert all(is_kept(desk, of) for of in doomed)
    desk.page.goto("about:blank")
    desk.page.wait_for_timeout(1500)
    assert not any(is_kept(desk, of) for of in doomed)
    desk.open()
    expect(desk.page.get_by_test_id("files")).to_be_attached()
    expect(desk.tile(photo.name)).to_have_count(0)
