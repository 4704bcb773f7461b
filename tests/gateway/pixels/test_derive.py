"""The derivatives are of the right kind and size, and hold pixels only."""

import io
from pathlib import Path

import pytest
import thumbhash
from PIL import Image

from services.gateway.pixels.decode import decode
from services.gateway.pixels.derive import placeholder_of, thumb_of
from tests.gateway.pixels.craft import noise, quadrants, saved
from tests.gateway.pixels.reading import Reader


@pytest.mark.parametrize(
    ("sides", "display", "thumb"),
    [
        ((4000, 3000), (2000, 1500), (400, 300)),
        ((6000, 4000), (2000, 1333), (400, 267)),
        ((3000, 4500), (1334, 2000), (267, 400)),
        ((9000, 1000), (2000, 222), (400, 44)),
        ((2048, 1000), (2048, 1000), (400, 195)),
        ((300, 200), (300, 200), (300, 200)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
def test_the_sides_of_the_derivatives(
    reader: Reader, sides: tuple[int, int], display: tuple[int, int], thumb: tuple[int, int]
) -> None:
    pixels = reader.pixels(saved(quadrants(*sides), "JPEG"))
    assert (pixels.width, pixels.height) == sides
    for content, size, form in ((pixels.display, display, "JPEG"), (pixels.thumb, thumb, "WEBP")):
        with Image.open(io.BytesIO(content)) as photo:
            assert photo.format == form
            assert max(abs(a - b) for a, b in zip(photo.size, size, strict=True)) <= 1
            assert set(photo.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
                "loop",
                "background",
                "timestamp",
                "duration",
            }


def test_a_large_jpeg_is_never_decoded_whole(reader: Reader) -> None:
    outcome = reader.outcome(saved(quadrants(8944, 6708), "JPEG"))
    whole = 8944 * 6708 * 4
    assert outcome.peak_bytes < whole / 2


def test_details_survive(reader: Reader) -> None:
    photo = noise(1600, 1200)
    with Image.open(io.BytesIO(reader.pixels(saved(photo, "PNG")).display)) as display:
        errors = [
            abs(a - b) for a, b in zip(display.convert("L").tobytes(), photo.tobytes(), strict=True)
        ]
    assert sum(errors) / len(errors) < 12


@pytest.mark.parametrize("size", [(400, 300), (300, 400), (400, 1), (1, 1), (7, 400)])
def test_the_placeholder_has_the_shape_and_the_colour_of_the_photo(size: tuple[int, int]) -> None:
    content = placeholder_of(Image.new("RGB", size, (200, 100, 50)))
    assert 5 <= len(content) <= 32
    red, green, blue, _ = thumbhash.thumb_hash_to_average_rgba(list(content))
    assert (red * 255, green * 255, blue * 255) == pytest.approx((200, 100, 50), abs=12)


def test_a_thumb_of_a_small_photo_is_the_photo() -> None:
    assert thumb_of(quadrants()).size == (96, 64)


def test_metadata_is_gone_before_anything_is_encoded(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(saved(quadrants(), "JPEG", comment=b"secret", dpi=(300, 300)))
    assert decode(path, "image/jpeg", gps=True).image.info == {}
