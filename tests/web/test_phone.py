"""A small screen: room for the query, no lone buttons, nothing that sticks out."""

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.web.desk import Desk

pytestmark = pytest.mark.usefixtures("stocked")

#: Of the text field, in pixels; a letter takes about eight.
ROOM = "field => field.clientWidth - 18"
#: Of one row are those whose middles are no farther apart.
ROW = 8


def box_of(part: Locator) -> FloatRect:
    box = part.bounding_box()
    assert box
    return box


def middle(part: Locator) -> float:
    box = box_of(part)
    return box["y"] + box["height"] / 2


def end(part: Locator) -> float:
    box = box_of(part)
    return box["x"] + box["width"]


def test_the_search_box_shows_most_of_a_query(phone: Desk) -> None:
    page = phone.open("?q=lake")
    expect(page.get_by_test_id("photo").first).to_be_visible()
    field = page.get_by_role("combobox", name="Search photos")
    assert field.evaluate(ROOM) >= 180
    field.focus()
    assert field.evaluate(ROOM) >= 280
    field.blur()
    expect(page.get_by_role("button", name="Upload photos")).to_be_visible()


@pytest.mark.parametrize("cut", ["", "&strictness=0"])
def test_the_tools_of_a_search_stand_in_one_row(phone: Desk, cut: str) -> None:
    page = phone.open(f"?q=lake{cut}")
    expect(page.get_by_test_id("photo").first).to_be_visible()
    title = middle(page.get_by_test_id("title"))
    assert middle(page.get_by_role("button", name="Larger photos")) == pytest.approx(title, abs=ROW)
    order = middle(page.get_by_role("combobox", name="Order"))
    for tool in (
        page.get_by_test_id("keep"),
        page.get_by_role("button", name="Refine the search"),
        page.get_by_test_id("status"),
    ):
        assert middle(tool) == pytest.approx(order, abs=ROW)


def test_nothing_sticks_out_of_what_keeps_a_search(phone: Desk) -> None:
    page = phone.open("?q=lake")
    page.get_by_test_id("keep").tap()
    sheet = page.get_by_role("dialog")
    save = sheet.get_by_role("button", name="Save it")
    assert end(save) <= end(sheet.get_by_role("button", name="Close")) + 1
