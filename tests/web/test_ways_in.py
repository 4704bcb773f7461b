"""The ways that photos come in, and the way through the page without a mouse."""

import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.gateway.house import until
from tests.web.desk import SEARCHABLE_MS, Desk, unlike_any_other

PASTE = """([name, coded]) => {
    const bytes = Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], name, { type: "image/jpeg" }));
    const told = { clipboardData, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", told));
}"""
FOCUSED = "() => document.activeElement.closest('[data-testid=photo]')?.dataset.name ?? ''"


def dragging(page: Page, path: Path) -> Callable[[str], object]:
    """Takes the steps of a drag, as the desktop of the machine tells them to the window."""
    # Of one session: the browser keeps a drag with the session that began it.
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    return lambda step: session.send(
        "Input.dispatchDragEvent", {"type": step, "x": 600, "y": 400, "data": data}
    )


def tab_to(page: Page, reached: str, most: int = 40) -> None:
    """Presses Tab until the JavaScript ``reached`` is true."""
    for _ in range(most):
        if page.evaluate(reached):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {reached}")


def test_a_pasted_photo_is_uploaded(desk: Desk, photo: Path) -> None:
    page = desk.open()
    expect(page.get_by_test_id("files")).to_be_attached()
    page.evaluate(PASTE, [photo.name, b64encode(photo.read_bytes()).decode()])
    expect(desk.line(photo.name)).to_have_attribute("data-status", "ready", timeout=SEARCHABLE_MS)


def test_tab_and_keys_alone_upload_search_look_and_come_back(desk: Desk, photo: Path) -> None:
    page = desk.open()
    # From here on, or the key may be quicker than the browser learns that somebody waits for it.
    page.on("filechooser", lambda _: None)
    # Before that the page is still being made, and what has the focus may be made anew.
    expect(page.get_by_test_id("photo").or_(page.get_by_test_id("empty")).first).to_be_visible()
    tab_to(page, "() => document.activeElement.getAttribute('aria-label') === 'Upload photos'")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(photo)
    expect(desk.line(photo.name)).to_have_attribute("data-status", "ready", timeout=SEARCHABLE_MS)
    page.keyboard.press("/")
    page.keyboard.type(photo.stem)
    page.keyboard.press("Enter")
    expect(desk.tile(photo.name)).to_be_visible()
    tab_to(page, f"() => ({FOCUSED})() === {photo.name!r}")
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name=re.compile("^Photo "))
    expect(viewer.get_by_test_id("panel")).to_be_visible()
    tab_to(page, "() => document.activeElement.closest('[data-testid=tag]') !== null")
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    assert page.evaluate(FOCUSED) == photo.name


# Last: a browser that was told of a drag by its protocol opens no chooser of files any more.
def test_a_dropped_folder_gives_its_photos_and_those_of_its_folders(
    desk: Desk, photo: Path
) -> None:
    folder = photo.parent / "holiday"
    (folder / "day two").mkdir(parents=True)
    inner = folder / "day two" / f"inner-{photo.name}"
    outer = folder / photo.name
    for path in (inner, outer):
        path.write_bytes(unlike_any_other(photo))
    (folder / ".hidden").write_text("left by a machine")
    page = desk.open()
    expect(page.get_by_test_id("files")).to_be_attached()
    drag = dragging(page, folder)
    drag("dragEnter")

    def is_over() -> bool:
        """A browser says it over and over while the mouse is there."""
        drag("dragOver")
        return page.get_by_test_id("drop").is_visible()

    until(is_over)
    drag("dragOver")
    drag("drop")
    expect(page.get_by_test_id("drop")).to_have_count(0)
    expect(page.get_by_test_id("upload")).to_have_count(2)
    for path in (inner, outer):
        expect(desk.line(path.name).first).to_have_attribute(
            "data-status", "ready", timeout=SEARCHABLE_MS
        )
