"""What the eyes only guess of a photo, and the person who knows."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.web.desk import DESK, SAMPLES, assert_accessible, desks, unlike_any_other

LEAST, MOST = 0.3, 6


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A photo of which the built-in eyes say little and guess much."""
    path = tmp_path / f"city{uuid4().hex[:8]}.jpg"
    path.write_bytes(unlike_any_other(SAMPLES / "city-at-night.jpg"))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_guess_becomes_a_tag_or_is_gone_as_the_person_says(
    browser: Browser, gallery: str, scheme: str, city: Path
) -> None:
    for desk in desks(
        browser, gallery, viewport=DESK, color_scheme=scheme, reduced_motion="reduce"
    ):
        desk.open()
        desk.upload_and_wait(city)
        viewer = desk.view(city)
        of = desk.tile(city.name).get_attribute("data-photo")
        told = desk.page.request.get(f"{gallery}/api/photos/{of}").json()["guesses"]
        likely = [one["text"] for one in told if one["confidence"] >= LEAST]
        right, wrong, *rest = likely
        shown = viewer.get_by_test_id("guess").locator(".text")
        expect(shown).to_have_text(likely[:MOST])
        assert_accessible(desk.page, "guesses")

        viewer.get_by_role("button", name=f"Add {right}, ").click()
        expect(shown).to_have_text([wrong, *rest][:MOST])
        own = viewer.get_by_role("link", name=f"Find more “{right}”, added by you")
        expect(own).to_be_visible()
        # The keyboard goes on where the pointer was.
        expect(viewer.get_by_role("button", name=f"Add {wrong}, ")).to_be_focused()
        desk.page.keyboard.press("Tab")
        expect(viewer.get_by_role("button", name=f"Not {wrong}", exact=True)).to_be_focused()
        desk.page.keyboard.press("Enter")
        expect(shown).to_have_text(rest[:MOST])
        expect(viewer.get_by_role("link", name=f"Find more “{wrong}”")).to_have_count(0)

        for word in rest:
            viewer.get_by_role("button", name=f"Not {word}", exact=True).click()
        expect(viewer.get_by_text("Perhaps", exact=True)).to_have_count(0)
        expect(viewer).to_be_focused()
        desk.page.reload()
        expect(own).to_be_visible()
        expect(shown).to_have_count(0)
