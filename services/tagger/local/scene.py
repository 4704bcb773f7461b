"""Scene and light, from pixels and from what the camera wrote: where the classifier is blind.

Each word has one plain reason that can be seen in the photo. Where a colour alone would do
(a white wall is no snow, an orange flower no sunset), the classifier must see the outdoors too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from services.common.events import PhotoFacts
from services.common.seasons import MONTHS, season_of
from services.tagger.local.colour import Light
from services.tagger.local.pixels import Array, Floats
from services.tagger.local.thresholds import SCENE as T

#: Words of the classifier that say "outdoors", with or without being sure of the place.
PLACES = ("landscape", "architecture", "coast", "water")
OUTDOORS = (*PLACES, "vehicle")
HIGH = ("mountain", "snow", "skiing")
WET = ("coast", "water", "sea", "boat")


@dataclass(frozen=True)
class View:
    """The photo at 96 pixels: L*, a*, b*, chroma, and how rough each place is."""

    light: Array
    a: Array
    b: Array
    chroma: Array
    rough: Array

    @classmethod
    def of(cls, lab: Floats) -> "View":
        scale = 96 / max(lab.shape[:2])
        fine = np.abs(cv2.Laplacian(np.ascontiguousarray(lab[..., 0]), cv2.CV_32F))
        size = (max(8, round(lab.shape[1] * scale)), max(8, round(lab.shape[0] * scale)))
        small = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
        rough = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
        light, a, b = (small[..., i] for i in range(3))
        return cls(light, a, b, np.hypot(a, b), rough)

    def from_top(self, wanted: Array) -> float:
        """The share of the photo that is ``wanted`` and hangs from its upper border."""
        return float(self.hanging(wanted).mean())

    def hanging(self, wanted: Array) -> Array:
        return np.asarray(np.logical_and.accumulate(_closed(wanted), axis=0))


def scene(lab: Floats, light: Light, seen: Mapping[str, float]) -> dict[str, float]:
    """``seen`` is the evidence of the classifier's words."""
    view = View.of(lab)
    outdoors = max((seen.get(word, 0.0) for word in OUTDOORS), default=0.0)
    grey = light.rich < 6 or seen.get("underwater", 0.0) > T.underwater
    found = {
        "sky": 0.0 if grey else _sky(view, outdoors),
        "clouds": 0.0 if grey else _clouds(view, outdoors),
        "sunset": _sunset(view, outdoors),
        "night": _night(view, light, lab, max(seen.get(word, 0.0) for word in PLACES)),
        "snow": _snow(view, seen),
        "greenery": _greenery(view),
        "fog": _fog(lab, light, outdoors),
        "silhouette": _silhouette(view, outdoors),
    }
    return {word: round(min(0.95, sure), 3) for word, sure in found.items() if sure >= T.enough}


def _sky(view: View, outdoors: float) -> float:
    """Smooth blue that hangs from the top of the photo, most of its width."""
    blue = (view.b < -6) & (view.a < 14) & (view.light > 30) & (view.rough < T.smooth)
    blue |= (view.light > 78) & (view.chroma < 10) & (view.rough < T.smooth) & (outdoors > 0.25)
    hanging = view.hanging(blue)
    wide = float(hanging[: max(1, len(hanging) // 12)].any(axis=0).mean())
    share = float(hanging.mean())
    whole = share > 0.97  # a plain blue backdrop
    if wide < 0.6 or share < 0.08 or whole:
        return 0.0
    return 0.45 + 0.3 * min(1.0, share / 0.4) + 0.4 * min(0.5, outdoors)


def _clouds(view: View, outdoors: float) -> float:
    """Soft grey or white beside blue, hanging from the top together, and not all of one light."""
    blue = (view.b < -6) & (view.a < 14) & (view.light > 30) & (view.rough < T.smooth)
    soft = (view.light > 58) & (view.chroma < 14) & (view.b < 8) & (view.rough < 1.5 * T.smooth)
    hanging = view.hanging(blue | soft)
    least = min(float((hanging & blue).mean()), float((hanging & soft & ~blue).mean()))
    if outdoors < 0.15 or least < T.cloud or float(view.light[hanging].std()) < T.billow:
        return 0.0
    return 0.6 + 0.3 * min(1.0, least / 0.2) + 0.1 * min(1.0, outdoors)


def _sunset(view: View, outdoors: float) -> float:
    """Smooth orange light above, much brighter than the land or water in its own shade below."""
    rows = len(view.light)
    top, bottom = slice(0, rows // 2), slice(3 * rows // 4, rows)
    warm = (view.b > 16) | ((view.a > 14) & (view.b > 0))
    glow = warm & (view.light > 38) & (view.chroma > 20) & (view.rough < 1.5 * T.smooth)
    share = float(glow[top].mean())
    lit, shade = view.light[top], view.light[bottom]
    fall = float(lit.mean() - shade.mean())
    if share < 0.25 or fall < T.fall or outdoors < 0.12:
        return 0.0
    return 0.4 + 0.3 * min(1.0, share / 0.7) + 0.2 * min(1.0, fall / 50) + 0.2 * min(0.5, outdoors)


def _night(view: View, light: Light, lab: Floats, outdoors: float) -> float:
    """Dark, the sky too, with small lamps, and outdoors: a stage is dark as well."""
    top = float(view.light[: len(view.light) // 4].mean())
    if light.middle > T.night or top > T.night + 4 or outdoors < 0.15:
        return 0.0
    lamps = (lab[..., 0] > 60).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(lamps)
    small = int((stats[1:, cv2.CC_STAT_AREA] < 0.004 * lamps.size).sum()) if count > 1 else 0
    if small < T.lamps:
        return 0.0
    return 0.5 + 0.25 * min(1.0, small / 40) + 0.2 * min(1.0, (T.night - light.middle) / 10)


def _snow(view: View, seen: Mapping[str, float]) -> float:
    """White ground where the classifier sees mountains or winter sports, and no sea to foam."""
    high = max(seen.get(word, 0.0) for word in HIGH)
    wet = max(seen.get(word, 0.0) for word in WET)
    white = (view.light > 66) & (view.chroma < 14) & (view.a < 6)
    ground = white[2 * len(white) // 5 :]
    share = float(ground.mean())
    if high < 0.35 or wet > 0.15 or share < T.snow:
        return 0.0
    return 0.35 + 0.4 * min(1.0, share / 0.6) + 0.2 * min(1.0, high)


def _greenery(view: View) -> float:
    green = (view.a < -6) & (view.b > 8) & (view.chroma > 14)
    share = float(green.mean())
    return 0.0 if share < T.green else 0.5 + 0.5 * min(0.9, (share - T.green) / (1 - T.green))


def _fog(lab: Floats, light: Light, outdoors: float) -> float:
    """The dark channel (He et al., 2009): without haze, something is dark in every corner. And
    haze is soft: a white beach has no dark corner either, but it is sharp."""
    darkest = cv2.erode(np.ascontiguousarray(lab[..., 0]), np.ones((15, 15), np.uint8))
    veil = float(np.median(darkest))
    detail = float(np.median(np.abs(cv2.Laplacian(np.ascontiguousarray(lab[..., 0]), cv2.CV_32F))))
    if light.chroma > T.fog_chroma or veil < T.veil or detail > T.fog_detail or outdoors < 0.1:
        return 0.0
    return 0.45 + 0.3 * min(1.0, (veil - T.veil) / 25) + 0.3 * min(0.6, outdoors)


def _silhouette(view: View, outdoors: float) -> float:
    """Black shapes before a bright sky, standing on the lower border, and little between."""
    black, bright = view.light < 14, view.light > 52
    share, between = float(black.mean()), float((~black & ~bright).mean())
    if not 0.06 < share < 0.6 or float(bright.mean()) < 0.3 or between > T.between:
        return 0.0
    ground, top = black[-len(black) // 8 :], black[: len(black) // 8]
    if outdoors < 0.12 or float(ground.mean()) < 0.4 or float(top.mean()) > 0.2:
        return 0.0
    flat = float(view.rough[black].mean()) < 2.2 * T.smooth
    return 0.5 + 0.4 * (1 - between / T.between) if flat else 0.0


def told(facts: PhotoFacts | None) -> dict[str, float]:
    """What the camera wrote. The season is that of the northern half of the Earth."""
    if facts is None:
        return {}
    words = {_format(facts.width / facts.height): 1.0}
    if facts.exposure_seconds is not None and facts.exposure_seconds >= T.long_exposure:
        words["long exposure"] = 0.95
    if facts.taken_at is not None:
        words[MONTHS[facts.taken_at.month - 1]] = 1.0
        words[season_of(facts.taken_at.month)] = 0.6
        words[_time_of_day(facts.taken_at.hour)] = 0.8
    return words


def _format(ratio: float) -> str:
    if ratio >= 2:
        return "panorama"
    if 0.95 < ratio < 1.05:
        return "square format"
    return "landscape format" if ratio > 1 else "portrait format"


def _time_of_day(hour: int) -> str:
    if 5 <= hour < 11:
        return "morning"
    if 11 <= hour < 14:
        return "midday"
    if 14 <= hour < 18:
        return "afternoon"
    return "evening" if 18 <= hour < 22 else "night"


def _closed(wanted: Array) -> Array:
    """Without the holes that a bird or a wire makes."""
    kernel = np.ones((5, 3), np.uint8)
    return cv2.morphologyEx(wanted.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
