"""Pattern: the same thing again and again, over the whole photo.

Grass and gravel are alike everywhere too, but nothing in them comes back at a fixed step. So the
photo is laid over itself, shifted: a pattern matches again at its step, in two directions (or at
once, twice and thrice the step, for stripes), and in each corner of the photo on its own.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np

from services.tagger.local.pixels import Array, Bytes, Floats
from services.tagger.local.technique import Technique, graded, rounded
from services.tagger.local.thresholds import PATTERN as T

#: Size of a corner, in sides: corners overlap, so that a coarse pattern fits into each.
CORNER = 0.62
#: Sine of the smallest angle between two directions that are two.
APART = 0.35


class Peak(NamedTuple):
    """How well the photo matches itself (-1..1) shifted by x, y pixels."""

    likeness: float
    x: int
    y: int


@dataclass(frozen=True)
class Repeats:
    """The steps at which the photo comes back, and how far that holds everywhere.

    ``contrast`` in grey levels; ``first``, ``second``: likeness (0..1) at the two strongest steps;
    ``corners``: the least likeness at the steps in any corner, ``corners_first`` at the first one;
    ``valley``: likeness half-way along the first step; ``even`` and ``uneven``: the least local
    contrast and its deviation, over its mean.
    """

    steps: tuple[Peak, ...]
    size: tuple[int, int]
    contrast: float
    corners: float
    corners_first: float
    valley: float
    striped: bool
    even: float
    uneven: float

    @property
    def first(self) -> float:
        return self.steps[0].likeness if self.steps else 0.0

    @property
    def second(self) -> float:
        return self.steps[1].likeness if len(self.steps) > 1 else 0.0

    def evidence(self, many: int = 2) -> dict[str, Any]:
        """The lattice of the first ``many`` steps."""
        width, height = self.size
        steps = [rounded(step.x / width, step.y / height) for step in self.steps[:many]]
        return {"lattice": {"origin": [0.5, 0.5], "steps": steps}}


def repeats(gray: Bytes) -> Repeats:
    if max(gray.shape) > T.thin * min(gray.shape):  # a strip: its corners are no corners
        return Repeats((), (1, 1), 0.0, -1.0, -1.0, 0.0, False, 0.0, 0.0)
    scale = T.side / min(gray.shape)
    size = (round(gray.shape[1] * scale), round(gray.shape[0] * scale))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    even, contrast = evened(small)
    shifted = autocorrelation(even)
    first, second = two_steps(shifted)
    steps = tuple(step for step in (first, second) if step)
    corners = [autocorrelation(corner) for corner in _corners(even)] if first else []
    least = [min(match(corner, s.x, s.y) for corner in corners) for s in steps]
    local = small - cv2.GaussianBlur(small, (0, 0), T.side / 12.8)
    rough = np.sqrt(cv2.GaussianBlur(local * local, (0, 0), T.side / 8))
    places = cv2.resize(rough, (6, 6), interpolation=cv2.INTER_AREA)
    mean = float(places.mean()) + 1e-3
    return Repeats(
        steps=steps,
        size=size,
        contrast=contrast,
        corners=min(least, default=-1.0),
        corners_first=least[0] if least else -1.0,
        valley=_valley(shifted, first) if first else 0.0,
        striped=first is not None and all(_stripes(view, first) for view in (shifted, *corners)),
        even=float(places.min()) / mean,
        uneven=float(places.std()) / mean,
    )


def pattern(seen: Repeats) -> Technique | None:
    if seen.contrast < T.contrast or seen.first < T.first:
        return None
    if seen.second >= T.second and seen.corners >= T.everywhere:
        likeness = min(seen.first, seen.second)
        sure = graded(likeness, enough=T.second, plenty=0.7)
        return Technique("pattern", sure, seen.evidence())
    if seen.striped:
        likeness = seen.first - 0.1
        sure = graded(likeness, enough=T.second, plenty=0.7)
        return Technique("pattern", sure, seen.evidence(1))
    return None


def evened(small: Floats) -> tuple[Array, float]:
    """Light and contrast made equal everywhere, and how much contrast there was."""
    local = small - cv2.GaussianBlur(small, (0, 0), T.side / 12)
    deviation = np.sqrt(cv2.GaussianBlur(local * local, (0, 0), T.side / 8))
    return local / (deviation + 4), float(np.median(deviation))


def autocorrelation(view: Array) -> Array:
    """The likeness of a view with itself for each shift; no shift is in the middle."""
    height, width = view.shape
    window, overlap = _window(height, width)
    raw = _with_itself((view - view.mean()) * window) / overlap
    half_y, half_x = height // 2, width // 2
    middle = raw[height - half_y : height + half_y + 1, width - half_x : width + half_x + 1]
    return np.asarray(middle / max(float(raw[height, width]), 1e-9))


@lru_cache(maxsize=16)  # most photos have one of a few formats
def _window(height: int, width: int) -> tuple[Array, Array]:
    """What fades a view towards its borders, and how much of it overlaps at each shift."""
    window = np.outer(np.hanning(height), np.hanning(width))
    overlap = _with_itself(window)
    return window, np.maximum(overlap, 0.03 * overlap.max())


def _with_itself(array: Array) -> Array:
    size = (2 * array.shape[0], 2 * array.shape[1])
    spectrum = np.fft.rfft2(array, size)
    return np.asarray(np.fft.fftshift(np.fft.irfft2(np.abs(spectrum) ** 2, size)))


def two_steps(shifted: Array) -> tuple[Peak | None, Peak | None]:
    """The strongest step, and the strongest one in another direction."""
    height, width = shifted.shape
    down, across = np.mgrid[-(height // 2) : height // 2 + 1, -(width // 2) : width // 2 + 1]
    distance = np.hypot(down, across)
    highest = cv2.dilate(shifted.astype(np.float32), np.ones((5, 5), np.uint8))
    peaks = (shifted >= highest - 1e-6) & (distance >= T.nearest * T.side)
    peaks &= (distance <= T.farthest * T.side) & ((down > 0) | ((down == 0) & (across > 0)))
    found = sorted(
        (
            Peak(float(shifted[y, x]), int(across[y, x]), int(down[y, x]))
            for y, x in np.argwhere(peaks)
        ),
        reverse=True,
    )
    if not found:
        return None, None
    first = found[0]
    return first, next((peak for peak in found[1:] if _sine(first, peak) > APART), None)


def match(shifted: Array, x: float, y: float) -> float:
    """The likeness at a shift, or right beside it."""
    row, column = shifted.shape[0] // 2 + round(y), shifted.shape[1] // 2 + round(x)
    near = shifted[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    return float(near.max()) if near.size else -1.0


def _stripes(shifted: Array, step: Peak) -> bool:
    tops = [match(shifted, times * step.x, times * step.y) for times in (1, 2)]
    return min(tops) >= T.stripes and _valley(shifted, step) <= T.valley


def _valley(shifted: Array, step: Peak) -> float:
    row, column = shifted.shape[0] // 2 + step.y // 2, shifted.shape[1] // 2 + step.x // 2
    return float(shifted[row, column])


def _corners(view: Array) -> list[Array]:
    height, width = (int(CORNER * side) for side in view.shape)
    return [view[y, x] for y in _ends(height) for x in _ends(width)]


def _ends(length: int) -> tuple[slice, slice]:
    return slice(0, length), slice(-length, None)


def _sine(one: Peak, other: Peak) -> float:
    cross = abs(one.x * other.y - one.y * other.x)
    return cross / (float(np.hypot(one.x, one.y) * np.hypot(other.x, other.y)) or 1.0)
