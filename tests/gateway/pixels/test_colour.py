"""Photos are shown in sRGB, whatever they were stored in."""

import io
import struct
from itertools import pairwise

import pytest
from PIL import Image, ImageCms

from services.gateway.pixels.colour import Normaliser, to_srgb
from services.gateway.pixels.palette import lab_of, palette_of
from tests.gateway.pixels.craft import QUADRANTS, noise, quadrants, saved
from tests.gateway.pixels.odd import srgb
from tests.gateway.pixels.reading import Reader, alike, corners


def swapped_profile() -> bytes:
    """sRGB with red and green exchanged: nobody can overlook that it was applied."""
    profile = bytearray(srgb().replace(b"sRGB", b"odd!"))
    tags = struct.unpack(">I", profile[128:132])[0]
    entries = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * tags, 12)}
    red, green = entries[b"rXYZ"], entries[b"gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    for at in range(len(profile) - 8):  # the description is in UTF-16
        if profile[at : at + 8] == "sRGB".encode("utf-16-be"):
            profile[at : at + 8] = "odd!".encode("utf-16-be")
    return bytes(profile)


def test_a_profile_is_applied(reader: Reader) -> None:
    photo = saved(quadrants(), "JPEG", icc_profile=swapped_profile(), quality=95)
    red, green, *_ = corners(reader.pixels(photo).display)
    assert red[1] > red[0] + 80
    assert green[0] > green[1] + 80


@pytest.mark.parametrize("profile", [None, b"", b"nonsense" * 50, srgb()[:200], srgb()])
def test_a_profile_that_says_nothing_changes_nothing(profile: bytes | None) -> None:
    assert to_srgb(quadrants(), profile).tobytes() == quadrants().tobytes()


def test_a_profile_of_another_colour_space_is_ignored() -> None:
    cmyk = quadrants().convert("CMYK")
    assert to_srgb(cmyk, swapped_profile()).tobytes() == cmyk.convert("RGB").tobytes()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "RGBa"])
def test_what_is_clear_becomes_white(mode: str) -> None:
    photo = Image.new("RGBA", (4, 4), (10, 20, 30, 0))
    photo = photo.convert(mode)
    assert Normaliser(photo)(photo).convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_half_clear_is_half_white() -> None:
    photo = Image.new("RGBA", (4, 4), (0, 0, 0, 128))
    assert Normaliser(photo)(photo).getpixel((1, 1)) == (127, 127, 127)


@pytest.mark.parametrize("size", [(2500, 400), (4400, 1500), (5000, 1500)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_strips_leave_no_seams(reader: Reader, size: tuple[int, int], mode: str) -> None:
    slope = Image.linear_gradient("L").resize(size).convert(mode)
    pixels = reader.pixels(saved(slope, "PNG", compress_level=1))
    assert (pixels.width, pixels.height) == size
    with Image.open(io_of(pixels.display)) as display:
        column = display.convert("L").resize((1, display.height), Image.Resampling.BOX)
        rows = list(column.tobytes())
    assert max(abs(a - b) for a, b in pairwise(rows)) <= 3
    assert rows[0] <= 3
    assert rows[-1] >= 252


def io_of(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ],
)
def test_lab_is_that_of_the_textbook(
    rgb: tuple[int, int, int], lab: tuple[float, float, float]
) -> None:
    assert lab_of(rgb) == pytest.approx(lab, abs=0.05)


def test_lab_agrees_with_little_cms() -> None:
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB", 5003), "RGB", "LAB"
    )
    photo = to_lab.apply(Image.new("RGB", (1, 1), (200, 100, 50)))
    lightness, a, b = photo.tobytes()
    ours = lab_of((200, 100, 50))
    assert ours[0] == pytest.approx(lightness * 100 / 255, abs=1)
    # Little CMS reports Lab (D50): near, not equal.
    assert ours[1] == pytest.approx(a - 256 if a > 127 else a, abs=6)
    assert ours[2] == pytest.approx(b - 256 if b > 127 else b, abs=6)


def test_the_palette_names_the_colours_and_their_amounts(reader: Reader) -> None:
    palette = reader.pixels(saved(quadrants(), "PNG")).palette
    assert len(palette) == 4
    for swatch in palette:
        rgb = tuple(bytes.fromhex(swatch.hex[1:]))
        assert any(alike((rgb[0], rgb[1], rgb[2]), colour, 12) for colour in QUADRANTS)
        assert swatch.amount == pytest.approx(0.25, abs=0.02)
        assert swatch.lab == pytest.approx(lab_of((rgb[0], rgb[1], rgb[2])), abs=0.01)


def test_a_palette_has_at_most_six_swatches_that_sum_to_one() -> None:
    wild = Image.merge("RGB", [noise(200, 200, seed) for seed in (1, 2, 3)])
    palette = palette_of(wild)
    amounts = [float(str(swatch["amount"])) for swatch in palette]
    assert 3 <= len(palette) <= 6
    assert sum(amounts) == pytest.approx(1, abs=0.001)
    assert amounts == sorted(amounts, reverse=True)


def test_one_colour_is_a_palette_of_one() -> None:
    (swatch,) = palette_of(Image.new("RGB", (400, 10), "#123456"))
    assert (swatch["hex"], swatch["amount"]) == ("#123456", 1.0)


def test_a_small_accent_is_not_lost() -> None:
    photo = Image.linear_gradient("L").resize((400, 300)).convert("RGB")
    photo.paste((230, 20, 20), (0, 0, 60, 60))  # 3 %
    assert any(str(s["hex"])[1:3] > "a0" and str(s["hex"])[3:5] < "60" for s in palette_of(photo))
