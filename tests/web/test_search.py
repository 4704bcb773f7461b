"""What is hard to say in words: a map of moods, places, colours, and photos like a photo."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Locator, expect

from tests.system.samples import SAMPLES, identities
from tests.web.desk import Desk, assert_accessible

#: What a hand does with a file and the box.
DROP = """(box, bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], "a.jpg", { type: "image/jpeg" }));
    const how = { dataTransfer: transfer, bubbles: true, cancelable: true };
    for (const name of ["dragover", "drop"]) box.dispatchEvent(new DragEvent(name, how));
}"""


def asked(desk: Desk) -> dict[str, str]:
    """What the address says."""
    return {name: value[0] for name, value in parse_qs(urlsplit(desk.page.url).query).items()}


def shown(desk: Desk) -> list[str]:
    return [
        str(tile.get_attribute("data-photo")) for tile in desk.page.get_by_test_id("photo").all()
    ]


def found(client: httpx.Client, **fields: str) -> list[str]:
    answer = client.get("/api/search", params={"limit": 80, **fields})
    return [photo["id"] for photo in answer.raise_for_status().json()["photos"]]


def expect_answer(desk: Desk, client: httpx.Client, **fields: str) -> None:
    """The page shows what the gallery answers to this question, in its order."""
    ids = found(client, **fields)
    expect(desk.page.get_by_test_id("grid")).to_have_attribute("aria-busy", "false")
    first = desk.page.get_by_test_id("photo").first
    expect(first).to_have_attribute("aria-setsize", str(len(ids)))
    expect(first).to_have_attribute("data-photo", ids[0])
    # Far below the screen there is nothing yet.
    assert shown(desk) == ids[: len(shown(desk))]


def slide(slider: Locator, value: str) -> None:
    slider.fill(value)


def test_dragging_on_the_mood_map_finds_moods_like_it(desk: Desk, stocked: httpx.Client) -> None:
    page = desk.open("?refine=1")
    box = page.get_by_test_id("mood-map").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.8, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("feeling"))
    q = asked(desk)["q"]
    assert q == "feeling:0.4,-0.6"
    expect_answer(desk, stocked, q=q)
    chips = page.get_by_test_id("chips").get_by_role("listitem")
    expect(chips).to_have_count(1)
    page.get_by_role("slider", name="Calm to lively").press("ArrowRight")
    page.wait_for_url(re.compile("-0.5"))
    page.get_by_role("button", name="Any mood").click()
    expect(chips).to_have_count(0)
    page.go_back()
    page.go_back()
    expect(chips).to_have_count(1)
    assert asked(desk)["q"] == q
    expect_answer(desk, stocked, q=q)


def test_pickers_write_what_can_be_read_and_taken_out_again(
    desk: Desk, stocked: httpx.Client
) -> None:
    page = desk.open("?refine=1")
    page.get_by_role("button", name="Subject: center", exact=True).click()
    page.wait_for_url(re.compile("subject"))
    expect_answer(desk, stocked, q="subject:center")
    page.get_by_role("button", name="grey", exact=True).click()
    page.wait_for_url(re.compile("color"))
    assert asked(desk)["q"] == "subject:center color:grey>10%"
    expect_answer(desk, stocked, q="subject:center color:grey>10%")
    chips = page.get_by_test_id("chips").get_by_role("listitem")
    expect(chips).to_have_count(2)
    chips.first.get_by_role("button", name="Take out").click()
    expect(chips).to_have_count(1)
    assert asked(desk)["q"] == "color:grey>10%"
    page.get_by_test_id("refine").get_by_role("button", name="symmetry").click()
    expect(chips).to_have_count(2)
    expect_answer(desk, stocked, q="color:grey>10% symmetry")
    page.reload()
    expect(chips).to_have_count(2)
    expect(page.get_by_role("button", name="grey", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_how_sure_and_in_which_order_are_the_persons_to_say(
    desk: Desk, stocked: httpx.Client
) -> None:
    page = desk.open("?q=nature&refine=1")
    expect_answer(desk, stocked, q="nature")
    slide(page.get_by_role("slider", name="How sure a match must be"), "0")
    page.wait_for_url(re.compile("strictness=0"))
    expect_answer(desk, stocked, q="nature", strictness="0")
    page.get_by_role("combobox", name="Order").select_option("oldest")
    page.wait_for_url(re.compile("sort=oldest"))
    expect_answer(desk, stocked, q="nature", strictness="0", sort="oldest")
    slide(page.get_by_role("slider", name="How sure a match must be"), "100")
    page.wait_for_url(re.compile("strictness=100"))
    weaker = page.get_by_role("button", name=re.compile(r"Show \d+ weaker match"))
    weaker.click()
    page.wait_for_url(re.compile("weaker=1"))
    expect_answer(desk, stocked, q="nature", strictness="100", sort="oldest", weaker="true")


def test_more_like_this_leads_from_photo_to_photo(desk: Desk, stocked: httpx.Client) -> None:
    of = str(identities()["tunnel"])
    page = desk.open(f"?photo={of}")
    viewer = page.get_by_role("dialog", name=re.compile("^Photo "))
    for way in ("Mood", "Composition", "Colour"):
        viewer.get_by_role("button", name=way, exact=True).click()
        by = way.lower()
        hits = stocked.get(f"/api/photos/{of}/similar", params={"by": by, "limit": 9}).json()
        if not hits["photos"]:
            expect(viewer.get_by_text(re.compile("^No other photo"))).to_be_visible()
            continue
        alike = viewer.get_by_test_id("alike").get_by_role("link")
        expect(viewer.get_by_test_id("alike")).to_have_attribute("data-by", by)
        expect(alike).to_have_count(len(hits["photos"]))
        expect(alike.first).to_have_attribute("href", re.compile(hits["photos"][0]["id"]))
    viewer.get_by_role("link", name="Show them all").click()
    title = page.get_by_test_id("title")
    expect(title).to_contain_text("alike in colour")
    assert (asked(desk)["like"], asked(desk)["by"]) == (of, "colour")
    page.get_by_test_id("photo").first.get_by_role("link").click()
    expect(viewer).to_be_visible()
    page.reload()
    expect(viewer.get_by_test_id("display")).to_have_css("opacity", "1")
    page.go_back()
    expect(title).to_contain_text("alike in colour")
    page.get_by_role("button", name="All photos").click()
    expect(title).not_to_contain_text("alike")


def test_a_photo_on_the_search_box_finds_photos_like_it(desk: Desk, stocked: httpx.Client) -> None:
    page = desk.open()
    tunnel = next(path for path in SAMPLES if path.stem == "tunnel")
    page.get_by_test_id("by-photo").set_input_files(tunnel)
    title = page.get_by_test_id("title")
    expect(title).to_contain_text("alike in meaning", timeout=20_000)
    page.get_by_role("combobox", name="Alike in").select_option("colour")
    expect(title).to_contain_text("alike in colour", timeout=20_000)
    first = page.get_by_test_id("photo").first
    expect(first).to_have_attribute("data-photo", str(identities()["tunnel"]))
    page.reload()
    expect(first).to_have_attribute("data-photo", str(identities()["tunnel"]), timeout=20_000)
    kept = stocked.get("/api/photos").json()["total"]
    page.get_by_test_id("search").evaluate(DROP, list(tunnel.read_bytes()))
    expect(title).to_contain_text("alike in meaning", timeout=20_000)
    assert stocked.get("/api/photos").json()["total"] == kept


def test_a_strictness_that_stays_on_is_shown_and_set_back(
    desk: Desk, stocked: httpx.Client
) -> None:
    words = "a dog on a beach"
    assert found(stocked, q=words, strictness="100") == []
    page = desk.open("?q=lake&strictness=100")
    desk.search(words)
    expect(page.get_by_test_id("refine")).to_have_count(0)
    chip = page.get_by_test_id("strictness")
    expect(chip).to_have_text("strictness 100")
    nothing = page.get_by_test_id("nothing")
    expect(nothing).to_contain_text("The strictness is 100 of 100")
    assert_accessible(page, "nothing found so strictly")
    nothing.get_by_role("button", name="Search with the usual strictness").click()
    expect(chip).to_have_count(0)
    expect_answer(desk, stocked, q=words)
    assert asked(desk) == {"q": words}

    page = desk.open("?q=lake&strictness=0")
    chip.click()
    expect(chip).to_have_count(0)
    assert asked(desk) == {"q": "lake"}


def test_the_photo_that_others_are_like_is_shown_kept_and_taken_out(
    desk: Desk, stocked: httpx.Client
) -> None:
    of = str(identities()["tunnel"])
    page = desk.open(f"?q=night&like={of}")
    liked = page.get_by_test_id("liked")
    kept = stocked.get(f"/api/photos/{of}").json()
    expect(liked.get_by_role("img")).to_have_attribute("src", kept["thumb"])
    expect(liked.get_by_role("link")).to_have_attribute("title", kept["caption"] or "tunnel.jpg")
    box = page.get_by_role("combobox", name="Search photos")
    box.fill("night sky")
    box.press("Enter")
    expect(page.get_by_test_id("title")).to_contain_text("“night sky”")
    assert asked(desk) == {"q": "night sky", "like": of}
    assert_accessible(page, "alike")
    liked.get_by_role("link").click()
    expect(page.get_by_role("dialog", name=re.compile("^Photo "))).to_be_visible()
    page.go_back()
    liked.get_by_role("button", name="Search without this photo").click()
    expect(liked).to_have_count(0)
    assert asked(desk) == {"q": "night sky"}


def test_a_dropped_photo_is_shown_beside_what_is_like_it(desk: Desk, stocked: httpx.Client) -> None:
    assert stocked.get("/api/photos").json()["total"]
    page = desk.open()
    tunnel = next(path for path in SAMPLES if path.stem == "tunnel")
    page.get_by_test_id("by-photo").set_input_files(tunnel)
    thumb = page.get_by_test_id("liked").get_by_role("img", name="The photo that you dropped")
    expect(thumb).to_have_js_property("complete", True)
    assert thumb.evaluate("thumb => thumb.naturalWidth") > 0


def test_that_no_photo_is_composed_like_it_is_said(desk: Desk, stocked: httpx.Client) -> None:
    of = str(identities()["tunnel"])
    fields = {"by": "composition", "limit": "80"}
    answer = stocked.get(f"/api/photos/{of}/similar", params=fields).json()
    none_but_weaker = answer | {"photos": [], "total": 0, "weaker": 2}
    desk.page.route(
        re.compile(r"/similar\?(?!.*weaker=true).*limit=200"),
        lambda route: route.fulfill(json=none_but_weaker),
    )
    page = desk.open(f"?like={of}&by=composition")
    none = page.get_by_test_id("none-alike")
    expect(none).to_contain_text("No other photo is composed like it.")
    assert_accessible(page, "none alike")
    with page.expect_response(re.compile("/similar.*weaker=true")):
        none.get_by_role("button", name="Show 2 weaker matches").click()
    assert asked(desk)["weaker"] == "1"
