"""The few colours that a photo is made of, and how much of each."""

import math
from dataclasses import dataclass
from itertools import combinations

from PIL import Image

SWATCHES = 6
SAMPLE_SIDE = 64
# Pillow picks these (median cut would mix a small accent with its surroundings), then the most
# alike are joined in Lab, where alike means alike.
CELLS = 24
ALIKE = 9.0  # delta E (1976) under which two swatches are one colour to the eye at a glance
Lab = tuple[float, float, float]

# Linear sRGB to CIE XYZ and the D65 white: IEC 61966-2-1 and CIE 15, as in W3C CSS Color 4, § 18.
XYZ = (
    (0.4123907993, 0.3575843394, 0.1804807884),
    (0.2126390059, 0.7151686788, 0.0721923154),
    (0.0193308187, 0.1191947798, 0.9505321522),
)
D65 = (0.9504559271, 1.0, 1.0890577508)
EPSILON, KAPPA = 216 / 24389, 24389 / 27


Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Colour:
    """A patch of the photo: its mean in Lab, its pixels, and the real colours that are in it."""

    lab: Lab
    pixels: int
    members: tuple[tuple[Lab, Rgb], ...]

    @property
    def shown(self) -> tuple[Lab, Rgb]:
        """The real colour nearest to the mean: a mean itself would always be a little grey."""
        return min(self.members, key=lambda member: _square(member[0], self.lab))


def lab_of(rgb: Rgb) -> Lab:
    """sRGB 0..255 as CIE L*a*b* (D65)."""
    linear = [_linear(channel / 255) for channel in rgb]
    xyz = [sum(k * c for k, c in zip(row, linear, strict=True)) for row in XYZ]
    x, y, z = (_lightness(value / white) for value, white in zip(xyz, D65, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _lightness(ratio: float) -> float:
    return float(ratio ** (1 / 3)) if ratio > EPSILON else (KAPPA * ratio + 16) / 116


def palette_of(thumb: Image.Image) -> list[dict[str, object]]:
    """Up to six swatches, the largest first, whose amounts sum to 1."""
    colours = _cells(thumb)
    while len(colours) > SWATCHES:
        colours = _joined(colours, min(combinations(colours, 2), key=_loss))
    while len(colours) > 1:
        pair = min(combinations(colours, 2), key=_distance)
        if _distance(pair) > ALIKE:
            break
        colours = _joined(colours, pair)
    total = sum(colour.pixels for colour in colours)
    return [
        {
            "hex": "#{:02x}{:02x}{:02x}".format(*colour.shown[1]),
            "amount": round(colour.pixels / total, 4),
            "lab": [round(value, 2) for value in colour.shown[0]],
        }
        for colour in sorted(colours, key=lambda colour: -colour.pixels)
    ]


def _cells(thumb: Image.Image) -> list[Colour]:
    sample = thumb.copy()
    sample.thumbnail((SAMPLE_SIDE, SAMPLE_SIDE), Image.Resampling.NEAREST)  # invents no colours
    cells = sample.quantize(CELLS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    table = cells.getpalette() or []
    colours = []
    for index, pixels in enumerate(cells.histogram()):
        if pixels:
            red, green, blue = table[3 * index : 3 * index + 3]
            rgb = (red, green, blue)
            colours.append(Colour(lab_of(rgb), pixels, ((lab_of(rgb), rgb),)))
    return colours


def _square(one: Lab, other: Lab) -> float:
    (l1, a1, b1), (l2, a2, b2) = one, other
    return (l1 - l2) ** 2 + (a1 - a2) ** 2 + (b1 - b2) ** 2


def _distance(pair: tuple[Colour, Colour]) -> float:
    """Delta E (1976)."""
    return math.sqrt(_square(pair[0].lab, pair[1].lab))


def _loss(pair: tuple[Colour, Colour]) -> float:
    """Ward's: what joining loses. A small patch survives when it is far from all others."""
    one, other = pair
    return _square(one.lab, other.lab) * one.pixels * other.pixels / (one.pixels + other.pixels)


def _joined(colours: list[Colour], pair: tuple[Colour, Colour]) -> list[Colour]:
    one, other = pair
    pixels = one.pixels + other.pixels
    lightness, a, b = (
        (one.pixels * left + other.pixels * right) / pixels
        for left, right in zip(one.lab, other.lab, strict=True)
    )
    joined = Colour((lightness, a, b), pixels, one.members + other.members)
    return [colour for colour in colours if colour is not one and colour is not other] + [joined]
