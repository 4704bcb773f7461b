"""The sample photos by the command line, with the built-in eyes: ready, found, deleted."""

import os
import subprocess
import sys
from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from services.common.blobs import Blobs
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.store import Store
from tests.system.pipeline import ROOT, gallery_of_its_own
from tests.system.samples import (
    SAMPLES,
    assert_each_is_found_by_a_right_word,
    copies,
    found,
    wait_until_ready,
)


@pytest.fixture(scope="module")
def gallery(
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, Blobs]]:
    folder = tmp_path_factory.mktemp("services")
    with (
        gallery_of_its_own(broker_node.url, database_node, store_node, folder) as (pipeline, store),
        httpx.Client(base_url=pipeline.gateway, timeout=20) as client,
    ):
        yield client, Blobs(store)


@pytest.fixture(scope="module")
def details(
    gallery: tuple[httpx.Client, Blobs], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """Every sample, sent by ``imgcap upload --wait``, and what is known of it then."""
    folder = tmp_path_factory.mktemp("samples")
    copies(folder)
    client, _ = gallery
    told = subprocess.run(
        [sys.executable, "-m", "services.cli", "upload", str(folder), "--wait"],
        cwd=ROOT,
        env={**os.environ, "IMGCAP_URL": str(client.base_url).rstrip("/")},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{len(SAMPLES)} searchable" in told.stdout
    return wait_until_ready(client)


def test_every_sample_is_ready_and_found_by_a_right_word(
    gallery: tuple[httpx.Client, Blobs], details: dict[str, dict[str, Any]]
) -> None:
    assert len(details) == len(SAMPLES) == 32
    assert_each_is_found_by_a_right_word(gallery[0], details)


def test_a_hit_says_why(
    gallery: tuple[httpx.Client, Blobs], details: dict[str, dict[str, Any]]
) -> None:
    hits = gallery[0].get("/api/search", params={"q": "cat"}).json()["photos"]
    assert hits[0]["id"] == details["cat"]["id"]
    assert "cat" in [reason["tag"] for reason in hits[0]["why"]]
    assert sum(reason["share"] for reason in hits[0]["why"]) == pytest.approx(1, abs=0.01)


def test_the_same_bytes_again_are_the_same_photo(
    gallery: tuple[httpx.Client, Blobs], details: dict[str, dict[str, Any]]
) -> None:
    answer = gallery[0].post(
        "/api/photos",
        params={"filename": "another name.jpg"},
        content=(ROOT / "samples" / "cat.jpg").read_bytes(),
        headers={"Content-Type": "image/jpeg"},
    )
    assert answer.status_code == 200
    (photo,) = answer.json()["photos"]
    assert (photo["duplicate"], photo["id"]) == (True, details["cat"]["id"])


def test_a_deleted_photo_is_gone_at_once_and_its_bytes_within_a_minute(
    gallery: tuple[httpx.Client, Blobs], details: dict[str, dict[str, Any]]
) -> None:
    client, blobs = gallery
    of = details["coffee"]["id"]
    assert of in found(client, "coffee")
    assert client.delete(f"/api/photos/{of}").status_code == 204
    assert of not in found(client, "coffee")
    assert client.get(f"/api/photos/{of}").status_code == 404
    listed = client.get("/api/photos", params={"limit": 200}).json()["photos"]
    assert of not in [photo["id"] for photo in listed]
    deadline = monotonic() + 60
    while list(blobs.keys(f"photos/{of}/")):
        assert monotonic() < deadline
        sleep(0.2)
    for form in ("original", "display", "thumb"):
        assert client.get(f"/api/photos/{of}/{form}").status_code == 404
