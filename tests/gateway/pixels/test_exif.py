"""What a camera wrote is kept when it makes sense, and dropped when it does not."""

import io
import struct
from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from services.common.api import Exif
from services.gateway.pixels.clean import coordinate, number, quantity, taken_at, text
from services.gateway.pixels.exif import read_exif
from tests.gateway.pixels.craft import Entry, exif, quadrants, saved, with_exif
from tests.gateway.pixels.reading import Reader

HERE = {0x8825: {1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)}}
NANS = struct.pack("<d", float("nan")) * 2
CAMERA = {
    0x010F: "Canon",
    0x0110: "EOS R5",
    0x0132: "2024:07:01 00:00:00",
    0x8769: {
        0x829A: IFDRational(1, 250),
        0x829D: 2.8,
        0x8827: 400,
        0x9003: "2024:06:01 12:30:05",
        0x920A: 35.0,
        0xA434: "RF 24-70mm F2.8",
    },
}


def jpeg(*blocks: Mapping[int, object]) -> bytes:
    tags = Image.Exif()
    for block in blocks:
        for tag, value in block.items():
            tags[tag] = value
    return saved(quadrants(), "JPEG", exif=tags)


def sub_directory(*entries: Entry, tail: bytes = b"") -> bytes:
    """A JPEG whose EXIF directory holds these entries; ``tail`` is at offset 2008."""
    pointer = (0x8769, 4, 1, struct.pack("<I", 1008))
    return with_exif(saved(quadrants(), "JPEG"), exif([pointer], entries, tail=tail))


def rational(tag: int, count: int = 1) -> Entry:
    return tag, 5, count, struct.pack("<I", 2008)


def test_a_camera_is_read(reader: Reader) -> None:
    pixels = reader.pixels(jpeg(CAMERA))
    assert pixels.exif == Exif(
        camera_make="Canon",
        camera_model="EOS R5",
        lens="RF 24-70mm F2.8",
        exposure_seconds=0.004,
        f_number=2.8,
        iso=400,
        focal_length_mm=35,
        taken_at=datetime(2024, 6, 1, 12, 30, 5),
    )
    assert pixels.taken_at == datetime(2024, 6, 1, 12, 30, 5)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_type_keeps_its_camera(reader: Reader, form: str) -> None:
    tags = Image.Exif()
    tags[0x0110], tags[0x0132] = "Pixel 9", "2025:01:02 03:04:05"
    pixels = reader.pixels(saved(quadrants(), form, exif=tags))
    assert (pixels.exif.camera_model, pixels.taken_at) == ("Pixel 9", datetime(2025, 1, 2, 3, 4, 5))


def test_the_place_is_kept_only_when_the_owner_says_so() -> None:
    with Image.open(io_of(jpeg(CAMERA, HERE))) as photo:
        kept, _ = read_exif(photo, gps=False)
        assert "latitude" not in kept
        kept, _ = read_exif(photo, gps=True)
    assert kept["latitude"] == pytest.approx(51.507222, abs=1e-5)
    assert kept["longitude"] == pytest.approx(-0.1275, abs=1e-5)


def io_of(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


@pytest.mark.parametrize(
    "lies",
    [
        [rational(0x829A)],
        [rational(0x829D), rational(0x920A)],
        [(0x8827, 2, 4, b"abc\0")],
        [(0x8827, 3, 2**31, b"\0\0\0\0")],
        [(0x9003, 1, 4, b"\xff\xff\xff\xff")],
        [(0x829A, 12, 1, struct.pack("<I", 2008))],
        [(0xA434, 2, 2**32 - 1, struct.pack("<I", 8))],
        [(0x829A, 10, 0, b"\0\0\0\0")],
    ],
)
@pytest.mark.parametrize("tail", [bytes(16), b"\xff" * 4 + bytes(12), NANS])
def test_lies_are_dropped(reader: Reader, lies: list[Entry], tail: bytes) -> None:
    assert reader.pixels(sub_directory(*lies, tail=tail)).exif == Exif()


def test_names_are_cleaned_of_what_cannot_be_seen(reader: Reader) -> None:
    evil = "Ca\u202enon\u200b\x07\x1b[31m <script>"
    pixels = reader.pixels(jpeg({0x010F: evil.encode() + b"\0hidden", 0x0110: "x" * 50_000}))
    assert pixels.exif.camera_make == "Ca non [31m <script>"
    assert pixels.exif.camera_model == "x" * 100


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Nikon\0\0\0", "Nikon"),
        ("  Leica \n Camera  ", "Leica Camera"),
        ("CafÃ©", "Café"),
        ("Ärger", "Ärger"),
        ("\ud800lone", "lone"),
        ("\0", None),
        ("\u202e", None),
        (b"", None),
        (7, None),
        (None, None),
        (("a", "b"), None),
    ],
)
def test_text_is_one_visible_line(value: object, expected: str | None) -> None:
    assert text(value, 100) == expected


@given(st.one_of(st.text(), st.binary(), st.floats(), st.integers(), st.none()))
def test_nothing_can_make_cleaning_fail(value: object) -> None:
    cleaned = text(value, 20)
    assert cleaned is None or (0 < len(cleaned) <= 20 and cleaned.isprintable())
    taken_at(value)
    quantity((value, value), 100)
    coordinate((value, value, value), value, "N", "S", 90)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (IFDRational(1, 3), 1 / 3),
        (IFDRational(1, 0), None),
        (IFDRational(0, 0), None),
        (float("inf"), None),
        (10**400, None),
        ((5, 6), 5.0),
        ((), None),
        ("5", None),
        (True, None),
    ],
)
def test_a_number_is_finite_or_nothing(value: object, expected: float | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024:06:01 12:30:05", datetime(2024, 6, 1, 12, 30, 5)),
        ("2024-06-01T12:30", datetime(2024, 6, 1, 12, 30)),
        (b"2024:06:01 12:30:05\0", datetime(2024, 6, 1, 12, 30, 5)),
        ("0000:00:00 00:00:00", None),
        ("2024:13:41 25:61:61", None),
        ("9999:01:01 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("٢٠٢٤:06:01 12:30:05", None),
    ],
)
def test_a_date_is_plausible_or_nothing(value: object, expected: datetime | None) -> None:
    assert taken_at(value) == expected


@pytest.mark.parametrize(
    ("value", "ref", "expected"),
    [
        ((51, 30, 0), "N", 51.5),
        ((51, 30, 0), b"S", -51.5),
        ((91, 0, 0), "N", None),
        ((-5, 0, 0), "N", None),
        ((51, 30), "N", None),
        ((51, 30, 0), "X", None),
        ((51, 30, 0), None, None),
        ((float("nan"), 0, 0), "N", None),
        ((51.5, IFDRational(0, 0), IFDRational(0, 0)), "N", 51.5),
    ],
)
def test_a_coordinate_is_on_earth_or_nothing(
    value: object, ref: object, expected: float | None
) -> None:
    assert coordinate(value, ref, "N", "S", 90) == expected
