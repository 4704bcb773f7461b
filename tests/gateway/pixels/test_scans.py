"""The scans of a JPEG are counted, and only those of the JPEG itself."""

from pathlib import Path

import pytest

from services.gateway.pixels.refusal import Refusal
from services.gateway.pixels.scans import check_scans, scans
from tests.gateway.pixels.craft import noise, saved, segment, with_scans, with_segments


def progressive() -> bytes:
    return saved(noise(64, 64), "JPEG", progressive=True)


def test_scans_are_counted() -> None:
    assert scans(saved(noise(64, 64), "JPEG"), 99) == 1
    usual = scans(progressive(), 99)
    assert usual > 3
    assert scans(with_scans(progressive(), 20), 99) == usual + 20


def test_previews_and_videos_are_not_counted() -> None:
    preview = segment(0xE1, b"\xff\xda" * 500)
    photo = with_segments(saved(noise(64, 64), "JPEG"), [preview]) + b"\xff\xda" * 5000
    assert scans(photo, 10_000) == 1


@pytest.mark.parametrize("megapixels", [1, 12, 60])
def test_large_photos_may_repeat_fewer_scans(tmp_path: Path, megapixels: int) -> None:
    path, most = tmp_path / "photo", 780 // megapixels
    usual = scans(progressive(), 99)
    path.write_bytes(with_scans(progressive(), most - usual))
    check_scans(path, megapixels * 1_000_000)
    path.write_bytes(with_scans(progressive(), most - usual + 1))
    with pytest.raises(Refusal):
        check_scans(path, megapixels * 1_000_000)
