"""Uploads that meet the world: cut connections, reloads, second thoughts, many at once."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Route, expect

from tests.web.desk import SEARCHABLE_MS, Desk, assert_accessible, unlike_any_other

UPLOAD = "**/api/photos?filename=*"
MANY = 59


def test_a_reload_in_the_middle_of_an_upload_loses_nothing(desk: Desk, photo: Path) -> None:
    page = desk.open()
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        route.continue_() if held else held.append(route)

    page.route(UPLOAD, hold_the_first)
    local = page.get_by_role("button", name="Keep new photos local")
    expect(local).to_have_attribute("aria-pressed", "false")
    local.click()
    expect(local).to_have_attribute("aria-pressed", "true")
    assert_accessible(page, "photos stay local")
    desk.upload(photo)
    expect(desk.line(photo.name)).to_have_attribute("data-phase", "sending")
    expect(page.locator("[data-testid=upload][data-safe]")).to_have_count(1)
    # What was wished when it was chosen is wished for it, whatever is wished later.
    local.click()
    page.reload()
    expect(desk.line(photo.name)).to_have_attribute("data-status", "ready", timeout=SEARCHABLE_MS)
    page.reload()
    expect(desk.tile(photo.name)).to_be_visible()
    expect(desk.line(photo.name)).to_have_count(0)
    expect(desk.view(photo).get_by_text("for local eyes only")).to_be_visible()


def test_a_photo_whose_answer_a_reload_lost_is_no_copy_of_itself(desk: Desk, photo: Path) -> None:
    page = desk.open()
    held: list[Route] = []
    # The first for good: a route that is taken away lets go of what it held.
    page.route(UPLOAD, lambda route: route.continue_() if held else held.append(route))
    desk.upload(photo)
    expect(page.locator("[data-testid=upload][data-safe]")).to_have_count(1)
    expect(desk.line(photo.name)).to_have_attribute("data-phase", "sending")
    # The same bytes arrive, as if only their answer were on its way.
    arrived = page.request.post(
        f"{desk.address}/api/photos",
        params={"filename": photo.name},
        headers={"Content-Type": "image/jpeg"},
        data=photo.read_bytes(),
    )
    assert arrived.status == 202
    page.reload()
    expect(desk.line(photo.name)).to_have_attribute("data-status", "ready", timeout=SEARCHABLE_MS)


def test_a_cut_connection_is_tried_again_until_it_holds(desk: Desk, photo: Path) -> None:
    page = desk.open()
    cuts = iter([True, True])

    def cut(route: Route) -> None:
        route.abort("connectionreset") if next(cuts, False) else route.continue_()

    page.route(UPLOAD, cut)
    desk.upload(photo)
    expect(desk.line(photo.name)).to_have_attribute("data-status", "ready", timeout=SEARCHABLE_MS)
    # The browser logs what we cut ourselves.
    desk.wrongs = [wrong for wrong in desk.wrongs if "ERR_CONNECTION_RESET" not in wrong]


def test_a_paused_queue_waits_and_a_cancelled_one_sends_nothing(desk: Desk, photo: Path) -> None:
    page = desk.open()
    sent: list[Route] = []
    page.route(UPLOAD, lambda route: sent.append(route))
    others = [photo.with_name(f"{number}-{photo.name}") for number in range(4)]
    for other in others:
        other.write_bytes(unlike_any_other(photo))
    desk.upload(photo, *others)
    tray = page.get_by_test_id("tray")
    expect(tray.locator("[data-phase=sending]")).to_have_count(3)
    expect(tray.locator("[data-phase=waiting]")).to_have_count(2)
    tray.get_by_role("button", name="Pause").click()
    expect(tray.locator("[data-phase=waiting]").first).to_contain_text("Paused")
    tray.get_by_role("button", name="Cancel all").click()
    expect(tray.locator("[data-phase=cancelled]")).to_have_count(5)
    assert len(sent) == 3
    page.reload()
    expect(page.get_by_test_id("files")).to_be_attached()
    expect(tray).to_have_count(0)


def test_sixty_photos_with_a_bad_one_among_them_and_a_cut_connection(
    desk: Desk, tmp_path: Path
) -> None:
    page = desk.open()
    photos = [tmp_path / f"small{number}.jpg" for number in range(MANY)]
    for number, path in enumerate(photos):
        path.write_bytes(small(number))
    bad = tmp_path / "cut short.jpg"
    bad.write_bytes(photos[0].read_bytes()[:300])
    desk.upload(*photos[:10], bad, *photos[10:])
    expect(page.locator("[data-testid=upload][data-phase=kept]").nth(2)).to_be_attached()
    page.context.set_offline(True)
    expect(page.get_by_test_id("banner")).to_contain_text("You are offline")
    left = page.locator("[data-testid=upload]:is([data-phase=sending], [data-phase=waiting])")
    assert left.count() > 0
    page.context.set_offline(False)
    expect(desk.line(bad.name)).to_have_attribute("data-phase", "refused", timeout=SEARCHABLE_MS)
    expect(desk.line(bad.name)).to_contain_text("damaged or cut short")
    expect(page.locator("[data-testid=upload][data-status=ready]")).to_have_count(
        MANY, timeout=2 * SEARCHABLE_MS
    )
    expect(page.get_by_test_id("tray").get_by_role("status")).to_contain_text("some with trouble")
    # The browser logs what we cut ourselves.
    desk.wrongs = [wrong for wrong in desk.wrongs if "ERR_INTERNET_DISCONNECTED" not in wrong]


def small(number: int) -> bytes:
    """A photo of its own colours."""
    red, green, blue = number * 9 % 256, number * 31 % 256, number * 67 % 256
    picture = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    picture.paste((red, green, blue), (40, 40, 200, 180))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92)
    return file.getvalue()
