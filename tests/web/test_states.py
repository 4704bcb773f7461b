"""What people meet: an empty gallery, no network, a gateway away, a backlog, no money."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.desk import Desk, assert_accessible

EMPTY: dict[str, Any] = {"photos": [], "cursor": None, "total": 0}
BUDGET = {"unit": "day", "spent": "5.00", "cap": "5", "until": "2099-01-01T00:00:00Z"}
OPENAI = {"name": "openai", "since": "2026-11-22"}


def tell(page: Page, path: str, answer: Any, status: int = 200) -> None:
    """Lets the gateway say something else."""
    body = json.dumps(answer)

    def fulfil(route: Route) -> None:
        route.fulfill(status=status, body=body, content_type="application/json")

    page.route(path, fulfil)


def status_with(desk: Desk, change: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = httpx.get(f"{desk.address}/api/status").json()
    return told | change


def test_an_empty_gallery_says_what_to_do_and_loads_the_samples_at_one_click(desk: Desk) -> None:
    tell(desk.page, "**/api/photos?*", EMPTY)
    asked: list[str] = []

    def samples(route: Route) -> None:
        asked.append(route.request.method)
        route.fulfill(status=202, body='{"photos": [], "errors": []}')

    desk.page.route("**/api/samples", samples)
    page = desk.open()
    first = page.get_by_test_id("empty")
    expect(first.get_by_role("button", name="Choose photos")).to_be_visible()
    expect(first.get_by_role("button", name="Choose a folder")).to_be_visible()
    assert_accessible(page, "first run")
    first.get_by_role("button", name="Load sample photos").click()
    expect(first.get_by_role("button", name="Load sample photos")).to_be_enabled()
    assert asked == ["POST"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"photos": {"queued": 312}, "backlog_seconds": 240},
            "312 photos waiting, about 4 minutes",
        ),
        (
            {"providers": [OPENAI | {"state": "paused", "text": "The quota is used up."}]},
            "openai has stopped: The quota is used up."
            " Until it is mended, new photos are found without it.",
        ),
        (
            {"providers": [OPENAI | {"state": "down", "text": "no answer in 30 s"}]},
            "openai does not answer just now: no answer in 30 s",
        ),
        ({"budgets": [BUDGET]}, "The budget of this day ($5.00) is used up."),
        ({"queues": None}, "The message broker is away. Nothing is lost"),
    ],
    ids=["backlog", "quota", "outage", "budget", "broker"],
)
def test_a_banner_says_in_plain_words_what_is_the_matter(
    desk: Desk, change: dict[str, Any], words: str
) -> None:
    tell(desk.page, "**/api/status", status_with(desk, change))
    page = desk.open()
    expect(page.get_by_test_id("banner")).to_contain_text(words)


def test_many_changes_in_a_row_do_not_put_off_the_question_how_it_is(
    desk: Desk, stocked: httpx.Client
) -> None:
    """Each change asks anew a little later; a stream of them must not be a silence."""
    photo = stocked.get("/api/photos", params={"limit": 1}).json()["photos"][0]
    change = {key: photo[key] for key in ("id", "status", "stage", "generation", "reason")}
    event = f"event: photo\ndata: {json.dumps(change)}\n\n"
    page = desk.page
    # A channel that ends is opened again: here several times a second.
    page.route(
        "**/api/events",
        lambda route: route.fulfill(
            body=f"retry: 100\n\n{event}", content_type="text/event-stream"
        ),
    )
    desk.open()
    expect(page.get_by_test_id("status")).to_be_visible()
    waiting = {"photos": {"queued": 41}, "backlog_seconds": 60}
    tell(page, "**/api/status", status_with(desk, waiting))
    expect(page.get_by_test_id("banner")).to_contain_text("41 photos waiting", timeout=5_000)


@pytest.mark.usefixtures("stocked")
def test_without_a_network_the_page_says_so_and_recovers_by_itself(desk: Desk) -> None:
    page = desk.open()
    expect(page.get_by_test_id("photo").first).to_be_visible()
    page.context.set_offline(True)
    banner = page.get_by_test_id("banner")
    expect(banner).to_contain_text("You are offline")
    expect(page.get_by_test_id("photo").first).to_be_visible()
    page.context.set_offline(False)
    expect(banner).to_have_count(0)
    # The browser logs what could not be fetched meanwhile.
    desk.wrongs = [wrong for wrong in desk.wrongs if "ERR_INTERNET_DISCONNECTED" not in wrong]


@pytest.mark.usefixtures("stocked")
def test_the_page_opens_without_a_network_once_it_has_been_here(desk: Desk) -> None:
    page = desk.open()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_test_id("banner")).to_contain_text("You are offline")
    expect(page.get_by_role("combobox", name="Search photos")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("The gallery cannot be reached")
    page.context.set_offline(False)
    expect(page.get_by_test_id("banner")).to_have_count(0)
    expect(page.get_by_test_id("photo").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    desk.wrongs = [wrong for wrong in desk.wrongs if "ERR_INTERNET_DISCONNECTED" not in wrong]


@pytest.mark.usefixtures("stocked")
def test_a_gateway_that_restarts_is_waited_for(desk: Desk) -> None:
    page = desk.open()
    expect(page.get_by_test_id("photo").first).to_be_visible()
    page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    page.get_by_role("combobox", name="Search photos").fill("fog")
    page.get_by_role("combobox", name="Search photos").press("Enter")
    failure = page.get_by_role("alert")
    expect(failure).to_contain_text("The gallery cannot be reached")
    assert_accessible(page, "failure")
    page.unroute("**/api/**")
    failure.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("title")).to_contain_text("“fog”")
    expect(failure).to_have_count(0)
    desk.wrongs = [wrong for wrong in desk.wrongs if "ERR_CONNECTION_REFUSED" not in wrong]


def many_pages(desk: Desk, client: httpx.Client) -> list[dict[str, str]]:
    """Lets the list of photos be longer than its first page; tells what more was asked."""
    (photo,) = client.get("/api/photos", params={"limit": 1}).json()["photos"]
    asked: list[dict[str, str]] = []

    def fulfil(route: Route) -> None:
        query = {
            key: value[0] for key, value in parse_qs(urlsplit(route.request.url).query).items()
        }
        cursor = f"after-{query.get('cursor', 'the-first')}"
        photos = [photo | {"id": str(uuid4())} for _ in range(80)]
        if "cursor" in query:
            asked.append(query)
        body = json.dumps({"photos": photos, "cursor": cursor, "total": 100_000})
        route.fulfill(body=body, content_type="application/json")

    desk.page.route("**/api/photos?*", fulfil)
    return asked


#: As long as a page that asks again and again would need for hundreds of questions.
QUIET_MS = 1_500


def test_a_search_that_fails_asks_once_and_without_the_place_of_the_last_view(
    desk: Desk, stocked: httpx.Client
) -> None:
    many_pages(desk, stocked)
    page = desk.open()
    expect(page.get_by_test_id("photo").first).to_be_visible()
    searches: list[str] = []
    page.on("request", lambda one: searches.append(one.url) if "/api/search?" in one.url else None)
    box = page.get_by_role("combobox", name="Search photos")
    box.fill("(dog")
    box.press("Enter")
    expect(page.get_by_test_id("unread")).to_be_visible()
    page.wait_for_timeout(QUIET_MS)
    assert len(searches) == 1, searches[:3]
    assert "cursor" not in searches[0]
    box.fill("dog")
    box.press("Enter")
    expect(page.get_by_test_id("unread")).to_have_count(0)
    assert all("400" in wrong for wrong in desk.wrongs)  # said by the browser itself
    desk.wrongs.clear()


def test_scrolling_without_a_network_asks_once_and_goes_on_when_asked_to(
    desk: Desk, stocked: httpx.Client
) -> None:
    asked = many_pages(desk, stocked)
    page = desk.open()
    expect(page.get_by_test_id("photo").first).to_be_visible()
    page.wait_for_timeout(QUIET_MS)
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort("connectionrefused")

    page.route("**/api/photos?*cursor=*", refuse)
    loaded = len(asked)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    failure = page.get_by_role("alert")
    expect(failure).to_be_in_viewport()
    page.wait_for_timeout(QUIET_MS)
    assert (len(refused), len(asked)) == (1, loaded)
    page.unroute("**/api/photos?*cursor=*", refuse)
    place = page.evaluate("window.scrollY")
    failure.get_by_role("button", name="Try again").click()
    expect(failure).to_have_count(0)
    assert page.evaluate("window.scrollY") >= place  # not from the beginning
    assert asked[loaded]["cursor"] == parse_qs(urlsplit(refused[0]).query)["cursor"][0]
    desk.wrongs = [wrong for wrong in desk.wrongs if "ERR_CONNECTION_REFUSED" not in wrong]


def test_what_can_be_installed_says_what_it_is(desk: Desk) -> None:
    page = desk.open()
    address = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = page.request.get(f"{desk.address}{address}").json()
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == "/"
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in manifest["icons"]:
        assert page.request.get(f"{desk.address}{icon['src']}").ok
