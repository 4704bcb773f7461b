"""The sample photos through the real pipeline with the built-in eyes: ready, found, deleted."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.common.blobs import Blobs
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.store import Store
from tests.neighbours import bucket_on, copy_of_template, scope_on
from tests.system.pipeline import ROOT, Pipeline

SAMPLES = sorted((ROOT / "samples").glob("*.jpg"))

#: A word that must find each photo: what anybody would call it, where the built-in eyes can see it.
WORDS = {
    "bird-on-trunk": "bird",
    "cat": "cat",
    "coffee": "coffee",
    "dahlia": "flower",
    "two-dogs": "dog",
    "clock": "clock",
}


@pytest.fixture(scope="module")
def gallery(
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, Blobs]]:
    with (
        scope_on(broker_node.url) as scope,
        copy_of_template(database_node) as database,
        bucket_on(store_node) as store,
        Pipeline(
            tmp_path_factory.mktemp("services"),
            broker_url=broker_node.url,
            database_url=database,
            store=store,
            environment={"IMGCAP_BROKER__SCOPE": scope},
        ) as pipeline,
        httpx.Client(base_url=pipeline.gateway, timeout=20) as client,
    ):
        yield client, Blobs(store)


@pytest.fixture(scope="module")
def photos(gallery: tuple[httpx.Client, Blobs]) -> dict[str, UUID]:
    """Every sample, uploaded and ready, by its name."""
    client, _ = gallery
    sent = {path.stem: upload(client, path, f"{n}.jpg") for n, path in enumerate(SAMPLES)}
    deadline = monotonic() + 120
    while True:
        page = client.get("/api/photos", params={"limit": 200}).json()
        waiting = [photo for photo in page["photos"] if photo["status"] != "ready"]
        if not waiting and page["total"] == len(SAMPLES):
            return sent
        assert monotonic() < deadline, [(p["filename"], p["status"], p["reason"]) for p in waiting]
        sleep(0.5)


def upload(client: httpx.Client, path: Path, filename: str) -> UUID:
    """Under a name that tells nothing: only what is seen may find the photo."""
    answer = client.post(
        "/api/photos",
        params={"filename": filename},
        content=path.read_bytes(),
        headers={"Content-Type": "image/jpeg"},
    )
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["photos"][0]["id"])


def found(client: httpx.Client, q: str) -> list[dict[str, Any]]:
    photos: list[dict[str, Any]] = client.get("/api/search", params={"q": q}).json()["photos"]
    return photos


def test_every_sample_becomes_ready_with_tags(
    gallery: tuple[httpx.Client, Blobs], photos: dict[str, UUID]
) -> None:
    client, _ = gallery
    for name, of in photos.items():
        detail = client.get(f"/api/photos/{of}").json()
        assert detail["stage"] == "searchable"
        assert detail["tags"], f"{name} has no tag at all"


@pytest.mark.parametrize(("name", "word"), WORDS.items())
def test_a_sample_is_found_by_the_word_for_it(
    gallery: tuple[httpx.Client, Blobs], photos: dict[str, UUID], name: str, word: str
) -> None:
    hits = {hit["id"]: hit for hit in found(gallery[0], word)}
    assert str(photos[name]) in hits
    assert hits[str(photos[name])]["why"]


def test_each_sample_is_found_by_a_word_of_its_own(
    gallery: tuple[httpx.Client, Blobs], photos: dict[str, UUID]
) -> None:
    client, _ = gallery
    for name, of in photos.items():
        tags = client.get(f"/api/photos/{of}").json()["tags"]
        surest = max(tags, key=lambda tag: tag["confidence"])
        hits = found(client, surest["text"])
        assert str(of) in [hit["id"] for hit in hits], (name, surest)


def test_the_same_bytes_again_are_the_same_photo(
    gallery: tuple[httpx.Client, Blobs], photos: dict[str, UUID]
) -> None:
    answer = gallery[0].post(
        "/api/photos",
        params={"filename": "another name.jpg"},
        content=(ROOT / "samples" / "cat.jpg").read_bytes(),
        headers={"Content-Type": "image/jpeg"},
    )
    assert answer.status_code == 200
    (photo,) = answer.json()["photos"]
    assert (photo["duplicate"], photo["id"]) == (True, str(photos["cat"]))


def test_a_deleted_photo_is_gone_at_once_and_its_bytes_soon(
    gallery: tuple[httpx.Client, Blobs], photos: dict[str, UUID]
) -> None:
    client, blobs = gallery
    of = photos["clock"]
    assert client.delete(f"/api/photos/{of}").status_code == 204
    assert str(of) not in [hit["id"] for hit in found(client, "clock")]
    assert client.get(f"/api/photos/{of}").status_code == 404
    deadline = monotonic() + 60
    while list(blobs.keys(f"photos/{of}/")):
        assert monotonic() < deadline
        sleep(0.2)
    for form in ("original", "display", "thumb"):
        assert client.get(f"/api/photos/{of}/{form}").status_code == 404
