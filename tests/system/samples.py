"""The sample photos under names that tell nothing, and the words that are right for them."""

import hashlib
import shutil
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import httpx

from services.common.identity import photo_id
from tests.quality.samples import hand_labels
from tests.system.pipeline import ROOT

SAMPLES = sorted((ROOT / "samples").glob("*.jpg"))
#: Right whenever they are said: they follow from width and height.
SHAPES = {"panorama", "landscape format", "portrait format", "square format"}
#: The built-in eyes look at about three photos a second on one core.
WITHIN = 150.0


def copies(folder: Path) -> list[Path]:
    """Only what is seen may find a photo, so its name must not."""
    made = [folder / f"{number:02}.jpg" for number in range(len(SAMPLES))]
    for sample, copy in zip(SAMPLES, made, strict=True):
        shutil.copyfile(sample, copy)
    return made


def identities() -> dict[str, UUID]:
    """The id of each sample by its name: the same bytes are the same photo."""
    return {
        path.stem: photo_id("local", hashlib.sha256(path.read_bytes()).hexdigest())
        for path in SAMPLES
    }


def right_words(name: str) -> set[str]:
    passes = hand_labels()[f"{name}.jpg"].values()
    return {word for one in passes for words in one.values() for word in words}


def wait_until_ready(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """Everything known of each sample, by its name."""
    deadline = monotonic() + WITHIN
    details: dict[str, dict[str, Any]] = {}
    for name, of in identities().items():
        while True:
            details[name] = client.get(f"/api/photos/{of}").json()
            if details[name].get("status") == "ready":
                break
            assert monotonic() < deadline, (name, details[name])
            sleep(0.3)
    return details


def found(client: httpx.Client, q: str) -> list[str]:
    """The ids of the photos that match."""
    answer = client.get("/api/search", params={"q": q, "limit": 200})
    assert answer.status_code == 200, (q, answer.text)
    return [hit["id"] for hit in answer.json()["photos"]]


def assert_each_is_found_by_a_right_word(
    client: httpx.Client, details: dict[str, dict[str, Any]]
) -> None:
    """At least one word that is both a person's and ours finds the photo."""
    for name, detail in details.items():
        agreed = {tag["text"] for tag in detail["tags"]} & (right_words(name) | SHAPES)
        assert agreed, (name, [tag["text"] for tag in detail["tags"]])
        assert any(detail["id"] in found(client, word) for word in agreed), (name, agreed)
