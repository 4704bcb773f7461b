"""Colour and light as words: the palette, and how bright, rich and contrasting a photo is."""

from dataclasses import dataclass

import cv2
import numpy as np

from services.tagger.local.pixels import Floats
from services.tagger.local.thresholds import COLOUR as T

#: Hue angle in CIE L*a*b*, where a colour begins. (Blue of a screen is 306, indigo 314.)
HUES = (
    (-20, "pink"),
    (20, "red"),
    (48, "orange"),
    (78, "yellow"),
    (105, "green"),
    (180, "cyan"),
    (240, "blue"),
    (308, "purple"),
    (330, "pink"),
)
#: Brown is dark orange.
NAMES = (*(name for _, name in HUES), "brown")
ORANGE, BROWN = 2, len(HUES)


@dataclass(frozen=True)
class Light:
    """Of a whole photo: L* at the 2nd, 50th and 98th percentile, its mean and deviation; chroma."""

    black: float
    middle: float
    white: float
    mean: float
    deviation: float
    chroma: float
    rich: float
    #: 0..1: how much of all chroma points to one side of the colour circle
    one_hue: float
    #: -1 (blue) .. 1 (orange), weighted by chroma
    warmth: float

    @classmethod
    def of(cls, lab: Floats) -> "Light":
        lightness, a, b = (lab[::2, ::2, i].ravel() for i in range(3))
        chroma = np.hypot(a, b)
        black, middle, white = np.percentile(lightness, (2, 50, 98))
        total = float(chroma.sum()) + 1e-6
        return cls(
            black=float(black),
            middle=float(middle),
            white=float(white),
            mean=float(lightness.mean()),
            deviation=float(lightness.std()),
            chroma=float(chroma.mean()),
            rich=float(np.percentile(chroma, 98)),
            one_hue=float(np.hypot(a.sum(), b.sum())) / total,
            warmth=float((0.5 * a + 0.87 * b).sum()) / total,
        )


def tones(light: Light) -> dict[str, float]:
    """Brightness, contrast and saturation as photographers call them, each 0..1."""
    found = {"black and white": T.no_colour - light.rich if light.rich < T.no_colour else 0.0}
    grey = found["black and white"] > 0
    if not grey and light.one_hue > T.one_hue and light.chroma > T.tinted and light.rich < T.toned:
        found["monochrome"] = light.one_hue
    if light.middle > T.high_key and light.black > T.high_key_black:
        found["high key"] = (light.middle - T.high_key) / 20 + 0.4
    if light.middle < T.low_key and light.mean < T.low_key + 8:
        found["low key"] = (T.low_key - light.middle) / 20 + 0.4
    if light.deviation > T.contrasty:
        found["high contrast"] = (light.deviation - T.contrasty) / 15 + 0.4
    if light.white - light.black < T.flat:
        found["low contrast"] = (T.flat - light.white + light.black) / 30 + 0.4
    if light.chroma > T.vivid:
        found["vivid"] = (light.chroma - T.vivid) / 25 + 0.4
    if not grey and light.chroma < T.muted:
        found["muted"] = (T.muted - light.chroma) / 10 + 0.4
    if not grey and light.chroma > T.muted and abs(light.warmth) > T.warm:
        found["warm tones" if light.warmth > 0 else "cool tones"] = abs(light.warmth)
    if grey:
        found["black and white"] = 0.95
    return {word: round(min(0.95, sure), 3) for word, sure in found.items() if sure > 0}


def colours(lab: Floats) -> dict[str, float]:
    """The colours that take a good part of the photo, by that part."""
    small = cv2.resize(lab, (64, 64), interpolation=cv2.INTER_AREA).reshape(-1, 3)
    hue = np.degrees(np.arctan2(small[:, 2], small[:, 1]))
    hue = np.where(hue < HUES[0][0], hue + 360, hue)
    which = np.searchsorted([start for start, _ in HUES], hue, side="right") - 1
    which[(small[:, 0] < T.brown_light) & (which == ORANGE)] = BROWN
    coloured = np.hypot(small[:, 1], small[:, 2]) >= T.coloured
    counts = np.bincount(which[coloured], minlength=len(NAMES))
    parts: dict[str, float] = {}
    for name, count in zip(NAMES, counts.tolist(), strict=True):
        parts[name] = parts.get(name, 0.0) + count / len(small)
    return {
        f"{name} tones": round(min(0.95, 0.45 + part), 3)
        for name, part in parts.items()
        if part >= T.part
    }
