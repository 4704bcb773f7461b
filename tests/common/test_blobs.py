"""Bytes in and out of a real S3."""

import pytest

from services.common.blobs import Blobs, Keys
from services.common.errors import Refuse, TryAgain
from services.common.settings import StoreSettings


@pytest.fixture
def blobs(store: StoreSettings) -> Blobs:
    return Blobs(store)


def test_what_is_put_can_be_got(blobs: Blobs) -> None:
    blobs.put("photos/a/1/original", b"bytes", "image/jpeg")
    assert blobs.get("photos/a/1/original") == b"bytes"
    assert blobs.answers()


def test_what_is_not_there_is_refused_or_none(blobs: Blobs) -> None:
    with pytest.raises(Refuse, match="there is no"):
        blobs.get("photos/a/1/original")
    assert blobs.find("photos/a/1/original") is None


def test_a_part_of_a_blob_can_be_had(blobs: Blobs) -> None:
    blobs.put("a", b"0123456789", "text/plain")
    answer = blobs.open("a", "bytes=2-4")
    with answer["Body"] as body:
        assert body.read() == b"234"
    assert answer["ContentRange"] == "bytes 2-4/10"


def test_deleting_takes_what_is_under_a_prefix_and_nothing_else(blobs: Blobs) -> None:
    for number in range(5):
        blobs.put(f"photos/a/1/{number}", b"x", "text/plain")
    blobs.put("photos/a/11/original", b"x", "text/plain")
    assert blobs.delete(blobs.keys("photos/a/1/")) == 5
    assert list(blobs.keys("photos/")) == ["photos/a/11/original"]
    assert blobs.delete(["photos/a/1/0"]) == 1


def test_a_store_that_is_away_never_counts_against_a_photo() -> None:
    nowhere = Blobs(StoreSettings(endpoint="http://127.0.0.1:1"))
    with pytest.raises(TryAgain) as away:
        nowhere.get("a")
    assert (away.value.counts, away.value.code) == (False, "store-away")
    assert not nowhere.answers()


def test_a_bucket_that_is_not_there_is_the_operators_affair(store: StoreSettings) -> None:
    blobs = Blobs(store.model_copy(update={"bucket": "no-such-bucket"}))
    with pytest.raises(TryAgain, match="NoSuchBucket"):
        blobs.get("a")


def test_keys_are_found_beside_each_other() -> None:
    keys = Keys("photos/a/3")
    assert Keys.beside(keys.original) == keys
    assert keys.result("tagging", "local-1") == "photos/a/3/results/tagging-local-1.json"
