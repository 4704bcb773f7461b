"""What a search leads to: mended, narrowed, kept, taken along; and photos that look the same."""

import io
import json
import re
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.system.samples import identities
from tests.web.desk import SAMPLES, Desk, assert_accessible
from tests.web.stock import wait_ready
from tests.web.test_search import asked, expect_answer, found

SELECTED = """() => {
    const { value, selectionStart, selectionEnd } = document.activeElement;
    return value.slice(selectionStart, selectionEnd);
}"""


def sent(client: httpx.Client, name: str, photo: Image.Image) -> str:
    content = io.BytesIO()
    photo.save(content, "JPEG", quality=85, comment=uuid4().bytes)
    headers = {"Content-Type": "image/jpeg"}
    fields = {"filename": name}
    answer = client.post(
        "/api/photos", params=fields, content=content.getvalue(), headers=headers
    ).raise_for_status()
    photo_id = str(answer.json()["photos"][0]["id"])
    wait_ready(client, photo_id)
    return photo_id


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("query", "chip", "left"),
    [
        ("label:cat,dog", "dog", "label:cat"),
        ("-label:cat,dog", "not cat", "-label:dog"),
        ("color:red,teal", "red", "color:teal"),
        ("mood:serene,dramatic", "serene", "mood:dramatic"),
    ],
)
def test_the_values_of_a_list_are_chips_of_their_own(
    desk: Desk, query: str, chip: str, left: str
) -> None:
    page = desk.open(f"?q={query}")
    chips = page.get_by_test_id("chips").get_by_role("listitem")
    expect(chips).to_have_count(2)
    page.get_by_role("button", name=f"Take out {chip}", exact=True).click()
    expect(chips).to_have_count(1)
    assert asked(desk)["q"] == left


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("no people or cars", "no cars"),
        ("neither people nor cars", "no cars"),
        ("cat without people and cars", "cat without cars"),
        ("no people but cars", "cars"),
    ],
)
def test_what_is_denied_stays_denied_when_a_chip_beside_it_goes(
    desk: Desk, query: str, left: str
) -> None:
    page = desk.open(f"?q={query}")
    chips = page.get_by_test_id("chips").get_by_role("listitem")
    denied = chips.filter(has_text=re.compile("not .*car"))
    expect(chips.first).to_be_visible()
    count = denied.count()
    page.get_by_role("button", name=re.compile("Take out not people")).click()
    expect(page.get_by_role("button", name=re.compile("Take out not people"))).to_have_count(0)
    assert asked(desk)["q"] == left
    expect(denied).to_have_count(count)


@pytest.mark.usefixtures("stocked")
def test_a_search_that_cannot_be_read_is_marked_at_its_character(desk: Desk) -> None:
    page = desk.open("?q=sad+\N{DOG}+(dogs+beach")
    unread = page.get_by_test_id("unread")
    expect(unread).to_contain_text("this parenthesis is not closed")
    expect(unread.locator("mark")).to_have_text("(dogs")
    assert_accessible(page, "unread")
    unread.get_by_role("button", name="Change it there").click()
    assert page.evaluate(SELECTED) == "(dogs"
    page.keyboard.type("dog")
    page.keyboard.press("Enter")
    expect(unread).to_have_count(0)
    assert asked(desk)["q"] == "sad \N{DOG} dog beach"
    assert all("400" in wrong for wrong in desk.wrongs)  # said by the browser itself
    desk.wrongs.clear()


def test_chips_are_changed_and_taken_out_and_the_rest_can_be_read(
    desk: Desk, stocked: httpx.Client
) -> None:
    page = desk.open("?q=(dog+or+no+people)+beach")
    chips = page.get_by_test_id("chips").get_by_role("listitem")
    expect(chips).to_have_count(3)
    page.get_by_role("button", name=re.compile("Change beach")).click()
    assert page.evaluate(SELECTED) == "beach"
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("Take out not people")).click()
    expect(chips).to_have_count(2)
    assert asked(desk)["q"] == "(dog) beach"
    page.get_by_role("button", name=re.compile("Take out dog")).click()
    expect(chips).to_have_count(1)
    expect_answer(desk, stocked, q="beach")


def test_a_facet_of_every_kind_finds_as_many_as_it_counts(
    desk: Desk, stocked: httpx.Client
) -> None:
    page = desk.open("?q=nature")
    facets = page.get_by_test_id("facets")
    expect(facets).to_contain_text("Colour")
    expect(facets).to_contain_text("Shape")
    counted = stocked.get("/api/search", params={"q": "nature"}).json()["facets"]
    for kind in ("label", "colour", "orientation"):
        one = counted[kind][-1]
        button = facets.get_by_role("button", name=re.compile(f"^{one['text']} {one['count']}$"))
        page.get_by_role("button", name="More").click()
        button.click()
        title = page.get_by_test_id("title")
        expect(title).to_contain_text(re.compile(rf"^{one['count']} photos? for"))
        expect(button).to_have_attribute("aria-pressed", "true")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        page.get_by_role("button", name="Fewer").click()
    assert asked(desk)["q"] == "nature"


def test_like_a_photo_but_in_other_words(desk: Desk, stocked: httpx.Client) -> None:
    of = str(identities()["tunnel"])
    page = desk.open(f"?like={of}&by=meaning")
    box = page.get_by_role("textbox", name="What should differ")
    box.fill("-indoors")
    box.press("Enter")
    page.wait_for_url(re.compile("q=-indoors"))
    assert (asked(desk)["like"], asked(desk)["by"]) == (of, "meaning")
    said = stocked.get(f"/api/photos/{of}/similar", params={"q": "-indoors"}).json()
    expect(page.get_by_test_id("title")).to_contain_text(f"{said['total']} photo")
    page.get_by_role("button", name="Take out not indoors").click()
    expect(page.get_by_test_id("chips")).to_have_count(0)
    assert asked(desk)["like"] == of


def test_a_saved_search_says_what_is_new_until_somebody_looks(
    desk: Desk, stocked: httpx.Client
) -> None:
    word = f"kept{uuid4().hex[:6]}"
    page = desk.open(f"?q=name:{word}&strictness=40")
    page.get_by_test_id("keep").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("textbox", name="Name").fill(word)
    sheet.get_by_role("button", name="Save it").click()
    expect(sheet.get_by_test_id("address")).to_contain_text(f"/?q=name%3A{word}&strictness=40")
    assert_accessible(page, "keep")
    sheet.get_by_role("button", name="Close").click()
    of = sent(stocked, f"{word}.jpg", Image.open(SAMPLES / "dahlia.jpg"))

    page = desk.open()
    box = page.get_by_role("combobox", name="Search photos")
    box.click()
    option = page.get_by_role("option").filter(has_text=word)
    expect(option).to_contain_text("1 new")
    option.click()
    expect(page.get_by_test_id("notice")).to_contain_text("1 photo is new")
    expect(page.get_by_test_id("photo")).to_have_attribute("data-photo", of)
    assert asked(desk) == {"q": f"name:{word}", "strictness": "40"}
    page.get_by_test_id("keep").click()
    line = page.get_by_test_id("saved").get_by_role("listitem").filter(has_text=word)
    expect(line).to_contain_text("1 photo")
    expect(line).not_to_contain_text("new")
    line.get_by_role("button", name=f"Forget {word}").click()
    expect(line).to_have_count(0)
    stocked.delete(f"/api/photos/{of}")


def test_what_a_search_finds_is_taken_along_and_keywords_are_brought(
    desk: Desk, stocked: httpx.Client, tmp_path: Path
) -> None:
    page = desk.open("?q=tunnel")
    page.get_by_test_id("keep").click()
    with page.expect_download() as download:
        page.get_by_test_id("export-json").click()
    told = json.loads(Path(download.value.path()).read_text())
    assert [photo["id"] for photo in told] == found(stocked, q="tunnel")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()

    word = f"metro {uuid4().hex[:6]}"
    table = tmp_path / "keywords.csv"
    table.write_text(f"filename,user\ntunnel.jpg,{word}\nnobody.jpg,x\n")
    page.get_by_test_id("status").click()
    page.get_by_test_id("keywords").set_input_files(table)
    notices = page.get_by_test_id("notice")
    expect(notices.first).to_contain_text("1 tag added")
    expect(notices.nth(1)).to_contain_text("No photo is called nobody.jpg")
    assert found(stocked, q=f'user:"{word}"') == [str(identities()["tunnel"])]


def test_of_photos_that_look_the_same_the_best_is_kept(desk: Desk, stocked: httpx.Client) -> None:
    whole = Image.open(SAMPLES / "clock.jpg").convert("RGB")
    large = whole.crop((0, 0, whole.width, whole.width // 2))
    small = large.resize((large.width // 2, large.height // 2))
    best, other = sent(stocked, "clock.jpg", large), sent(stocked, "small clock.jpg", small)
    page = desk.open()
    status = page.get_by_role("button", name=re.compile("near duplicates, import"))
    expect(status.get_by_text("Gallery", exact=True)).to_be_visible()
    expect(status).to_have_attribute("title", re.compile("import of keywords"))
    status.click()
    page.get_by_role("button", name="Photos that look the same").click()
    group = page.get_by_test_id("twins").filter(has=page.locator(f'[data-photo="{other}"]'))
    expect(group.locator(".best")).to_have_attribute("data-photo", best)
    expect(group).to_contain_text("The best: more pixels")
    assert_accessible(page, "twins")
    for photo_id in (best, other):
        one = group.locator(f'[data-photo="{photo_id}"]')
        kilobytes = round(stocked.get(f"/api/photos/{photo_id}").json()["bytes"] / 1000)
        expect(one).to_contain_text(re.compile(rf"\d, {kilobytes} kB"))
        shown = one.get_by_role("img").bounding_box()
        assert shown
        assert shown["width"] / shown["height"] == pytest.approx(2, rel=0.02)
    group.get_by_role("button", name="Keep the best").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert stocked.get(f"/api/photos/{other}").status_code == 200
    group.get_by_role("button", name="Keep the best").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(group).to_have_count(0)
    assert stocked.get(f"/api/photos/{other}").status_code == 404
    assert stocked.get(f"/api/photos/{best}").status_code == 200
    page.get_by_role("button", name="All photos").click()
    expect(page.get_by_test_id("grid")).to_be_visible()
    stocked.delete(f"/api/photos/{best}")
