"""All sample photos through the page: dropped at once, ready, found."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.system.samples import (
    assert_each_is_found_by_a_right_word,
    copies,
    wait_until_ready,
)
from tests.web.desk import Desk


@pytest.mark.timeout(300)
def test_every_sample_goes_through_the_page_and_is_found(
    desk: Desk, gallery: str, tmp_path: Path
) -> None:
    page = desk.open()
    desk.upload(*copies(tmp_path))
    with httpx.Client(base_url=gallery, timeout=20) as client:
        details = wait_until_ready(client)
        assert_each_is_found_by_a_right_word(client, details)
    page.goto(f"{gallery}/?q=cat")
    cat = page.locator(f"a[href*='{details['cat']['id']}']").first
    expect(cat).to_be_visible()
