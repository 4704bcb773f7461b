"""An empty gallery can be filled with the photos that come with imgcap; a gallery in use cannot."""

from pathlib import Path

import pytest

from tests.gateway.house import House, jpeg, until


@pytest.fixture
def samples(house: House) -> Path:
    """What the gateway of this house has for samples."""
    folder = house.settings.samples
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    return folder


def emptied(house: House) -> None:
    for photo in house.client.get("/api/photos", params={"limit": 200}).json()["photos"]:
        house.client.delete(f"/api/photos/{photo['id']}")
    until(lambda: house.client.get("/api/photos").json()["total"] == 0)


def test_samples_are_taken_in_as_if_they_had_been_uploaded(house: House, samples: Path) -> None:
    emptied(house)
    for name in ("cat.jpg", "dog.jpg"):
        (samples / name).write_bytes(jpeg())
    (samples / "broken.jpg").write_bytes(b"no photo at all")
    (samples / "CREDITS.md").write_text("by somebody")
    answer = house.client.post("/api/samples")
    assert answer.status_code == 202, answer.text
    assert [photo["filename"] for photo in answer.json()["photos"]] == ["cat.jpg", "dog.jpg"]
    assert [error["filename"] for error in answer.json()["errors"]] == ["broken.jpg"]
    kept = house.client.get("/api/photos").json()
    assert {photo["filename"] for photo in kept["photos"]} == {"cat.jpg", "dog.jpg"}


def test_samples_never_come_among_photos(house: House, samples: Path) -> None:
    (samples / "cat.jpg").write_bytes(jpeg())
    house.kept(jpeg())
    answer = house.client.post("/api/samples")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-empty")


@pytest.mark.usefixtures("samples")
def test_a_machine_without_samples_says_so(house: House) -> None:
    emptied(house)
    answer = house.client.post("/api/samples")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-samples")
