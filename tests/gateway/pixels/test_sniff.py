"""Only the first bytes say what a file is."""

import pillow_heif
import pytest

from services.gateway.pixels import CONTENT_TYPES, SNIFF_BYTES, Refusal, sniff
from tests.gateway.pixels.craft import box, quadrants, saved
from tests.gateway.pixels.hostile import STRANGERS


@pytest.mark.parametrize(("content_type", "form"), CONTENT_TYPES.items())
def test_each_type_is_known_by_its_first_bytes(content_type: str, form: str) -> None:
    pillow_heif.register_heif_opener()
    assert sniff(saved(quadrants(), form)[:SNIFF_BYTES]) == content_type


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_are_refused(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        sniff(STRANGERS[name])
    assert refusal.value.code == "unsupported-type"


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(Refusal) as refusal:
        sniff(b"")
    assert refusal.value.code == "empty"


@pytest.mark.parametrize(
    ("brands", "content_type"),
    [
        (b"mif1\0\0\0\0mif1avif", "image/avif"),
        (b"mif1\0\0\0\0mif1heic", "image/heic"),
        (b"avis\0\0\0\0msf1avif", "image/avif"),
        (b"heix\0\0\0\0mif1heix", "image/heic"),
    ],
)
def test_box_files_are_told_apart_by_their_brands(brands: bytes, content_type: str) -> None:
    assert sniff(box(b"ftyp", brands)) == content_type


def test_a_brand_behind_the_list_does_not_count() -> None:
    with pytest.raises(Refusal):
        sniff(box(b"ftyp", b"mif1\0\0\0\0mif1miaf") + b"avif" * 8)
