"""Large blobs and names that are never reused, against a real store."""

import io
import os
from pathlib import Path

import pytest

from services.common.blobs import Blobs, client
from services.common.errors import TryAgain
from services.common.parts import LARGE, PART
from services.common.settings import StoreSettings


def test_a_large_original_goes_in_parts_and_comes_back_whole(
    store: StoreSettings, tmp_path: Path
) -> None:
    path, content = tmp_path / "large.jpg", os.urandom(LARGE + 5 * 2**20 + 7)
    path.write_bytes(content)
    blobs = Blobs(store)
    with path.open("rb") as file:
        blobs.put("photos/x/1/original", file, "image/jpeg", once=True)
    answer = blobs.open("photos/x/1/original")
    assert answer["ContentType"] == "image/jpeg"
    assert answer["Body"].read() == content
    assert answer["ETag"].strip('"').endswith("-3")


def test_a_large_original_that_is_there_already_stays_and_half_a_one_is_taken_back(
    store: StoreSettings, tmp_path: Path
) -> None:
    path, key = tmp_path / "large.jpg", "photos/x/1/original"
    path.write_bytes(bytes(LARGE + 1))
    blobs = Blobs(store)
    blobs.put(key, b"first", "image/jpeg")
    with path.open("rb") as file:
        blobs.put(key, file, "image/jpeg", once=True)
    assert blobs.get(key) == b"first"

    class Cut(io.FileIO):
        """A disk that fails in the middle of it."""

        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > PART:
                raise OSError("the disk is gone")
            return super().read(size)

    with Cut(path) as cut, pytest.raises(TryAgain, match="the disk is gone"):
        blobs.put(key, cut, "image/jpeg")
    assert blobs.get(key) == b"first"
    assert "Uploads" not in client(store).list_multipart_uploads(Bucket=store.bucket)


def test_what_is_put_once_is_never_overwritten(store: StoreSettings) -> None:
    blobs = Blobs(store)
    blobs.put("photos/x/1/original", b"first", "image/jpeg", once=True)
    blobs.put("photos/x/1/original", b"second", "image/jpeg", once=True)
    assert blobs.get("photos/x/1/original") == b"first"
    blobs.put("photos/x/1/original", b"third", "image/jpeg")
    assert blobs.get("photos/x/1/original") == b"third"


def test_a_store_that_is_away_is_nobodys_fault_in_parts_too(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate(LARGE + 1)
    away = StoreSettings.model_validate(
        {"endpoint": "http://127.0.0.1:9", "access_key": "a", "secret_key": "b"}
    )
    with path.open("rb") as file, pytest.raises(TryAgain) as caught:
        Blobs(away).put("x", file, "image/jpeg")
    assert (caught.value.code, caught.value.counts) == ("store-away", False)
