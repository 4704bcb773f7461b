"""The operator's page: how it is, what is wrong, and the one button that is pressed most."""

import json
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Route, expect

from tests.web.desk import Desk, assert_accessible

TROUBLE: dict[str, Any] = {
    "photos": {"ready": 7, "queued": 30, "failed": 3},
    "oldest_unfinished_seconds": 1200,
    "backlog_seconds": 600,
    "per_minute": 3,
    "failures": [{"code": "undecodable", "text": "the photo is cut short", "photos": 3}],
    "queues": {"tagger": {"ready": 30, "consumers": 0}, "parked": {"ready": 2, "consumers": 0}},
    "providers": [
        {"name": "openai", "state": "paused", "text": "the key is refused", "since": "2026-11-22"}
    ],
    "budgets": [{"unit": "day", "spent": "4.50", "cap": "5", "until": "2026-11-23"}],
}


def test_the_page_of_the_operator_tells_how_the_running_product_is(desk: Desk, photo: Path) -> None:
    desk.open()
    desk.upload_and_wait(photo)
    page = desk.open("status")
    expect(page.get_by_role("heading", name="How imgcap is")).to_be_visible()
    # Its styles come along, which a bundler can forget.
    expect(page.locator("main")).to_have_css("display", "grid")
    expect(page.get_by_test_id("oldest")).to_contain_text("nothing waits")
    expect(page.get_by_test_id("state-ready")).to_contain_text("searchable")
    for name in ("tagger", "embedder", "search"):
        expect(page.get_by_role("row", name=f"{name} 0 1")).to_be_visible()
    versions = httpx.get(f"{desk.address}/api/status").json()["versions"]
    expect(page.get_by_text(f"pgvector {versions['pgvector']}")).to_be_visible()
    assert_accessible(page, "operator")


def test_trouble_is_told_with_its_reasons_and_can_be_tried_again(desk: Desk) -> None:
    told = httpx.get(f"{desk.address}/api/status").json() | TROUBLE
    retried: list[str] = []

    def troubled(route: Route) -> None:
        route.fulfill(body=json.dumps(told), content_type="application/json")

    def retry(route: Route) -> None:
        retried.append(route.request.method)
        route.fulfill(status=202, body='{"retried": 3}', content_type="application/json")

    desk.page.route("**/api/status", troubled)
    desk.page.route("**/api/photos/retry-failed", retry)
    page = desk.open("status")
    expect(page.get_by_test_id("oldest")).to_contain_text("about 20 minutes")
    expect(page.get_by_test_id("backlog")).to_contain_text("about 10 minutes")
    expect(page.get_by_role("row", name="undecodable the photo is cut short 3")).to_be_visible()
    expect(page.get_by_role("row", name="tagger 30 0")).to_be_visible()
    expect(page.get_by_text("not asked until a person acts")).to_be_visible()
    expect(page.get_by_text("Spent this day: $4.50 of $5.00")).to_be_visible()
    page.get_by_role("button", name="Retry all failed").click()
    expect(page.get_by_text("3 photos queued again")).to_be_visible()
    assert retried == ["POST"]
    assert_accessible(page, "operator in trouble")
