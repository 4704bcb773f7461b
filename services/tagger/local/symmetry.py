"""Mirror symmetry: how well the photo matches itself folded about an upright or a level axis.

What every photo has is taken away first: a sky that is brighter at the top is its own mirror
left to right, and so is a flat sea. Only what changes across the axis may speak. Edges are
compared with their signs: across the axis they turn round in a mirror, along it they do not.
A thing that is merely repeated, or two things that merely balance, fail one of the two.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np

from services.tagger.local.pixels import Array, Bytes, Floats, shrink, trim
from services.tagger.local.technique import Technique, graded, rounded
from services.tagger.local.thresholds import SYMMETRY as T

#: Up to so many shifts to a side are all tried; of more, every other one.
FEW = 20
#: Parts of the axis that are looked at one by one.
BANDS = 12


class Fold(NamedTuple):
    """How well two halves match, -1..1, and where between them the axis lies, 0..1."""

    likeness: float
    place: float


class Folded(NamedTuple):
    """All folds about one direction. ``best`` has passed every test, or its likeness is -1 or 0;
    ``likeness`` and ``place`` are of the best match whatever it be, ``least`` of its three parts
    the worst, ``rival`` the likeness of the next best axis, ``contrast`` grey levels."""

    best: Fold
    likeness: float
    place: float
    least: float
    rival: float
    contrast: float


@dataclass(frozen=True)
class Mirror:
    """The photo folded both ways; ``inner`` is the box (0..1) of it within plain borders."""

    upright: Folded
    level: Folded
    inner: tuple[float, float, float, float]

    def evidence(self) -> dict[str, Any]:
        """The axis: the best that has passed every test, or else the one that matches best."""
        passed = max(self.upright.best, self.level.best)
        upright = self.upright.likeness >= self.level.likeness
        place = max(self.upright, self.level, key=lambda one: one.likeness).place
        if passed.likeness >= T.enough:
            upright, place = passed is self.upright.best, passed.place
        left, top, across, down = self.inner
        if upright:
            x = left + place * across
            return {"axis": {"from": rounded(x, 0), "to": rounded(x, 1)}}
        y = top + place * down
        return {"axis": {"from": rounded(0, y), "to": rounded(1, y)}}


def mirror(gray: Bytes) -> Mirror:
    inner, box = trim(gray)
    small = shrink(inner, T.side).astype(np.float32)
    return Mirror(fold(small, T.search), fold(small.T, T.search_level), box)


def symmetry(seen: Mirror) -> Technique | None:
    best = max(seen.upright.best, seen.level.best)
    if best.likeness < T.enough:
        return None
    confidence = graded(best.likeness, enough=T.enough, plenty=T.plenty)
    return Technique("symmetry", confidence, seen.evidence())


def fold(small: Floats, search: float) -> Folded:
    """Every fold about an upright axis, up to ``search`` of the width off the middle."""
    width = small.shape[1]
    soft = cv2.GaussianBlur(np.ascontiguousarray(small), (0, 0), 1.2)
    contrast = float(np.abs(_varying(soft)).mean())
    # The two halves of a reflection differ in light and contrast; evened out, they can match.
    reach = max(small.shape) / 8
    local = soft - cv2.GaussianBlur(soft, (0, 0), reach)
    even = local / (np.sqrt(cv2.GaussianBlur(local * local, (0, 0), reach)) + 4)
    across = cv2.Sobel(even, cv2.CV_32F, 1, 0)
    along = cv2.Sobel(even, cv2.CV_32F, 0, 1)
    most = int(width * search)
    folds, raw, least = [], [], []
    for shift in range(-most, most + 1, 1 if most < FEW else 2):
        strip = slice(max(0, shift), min(width, width + shift))
        place = (strip.start + strip.stop) / 2 / width
        turned = _mirrored(across[:, strip], -1)
        parts = (_mirrored(_varying(even[:, strip])), turned, _mirrored(_varying(along[:, strip])))
        raw.append(sum(parts) / 3)
        least.append(min(parts))
        likeness = raw[-1] if min(parts[1:]) >= T.each else min(parts)
        if abs(place - 0.5) > T.middle and likeness >= T.enough and not _whole(across[:, strip]):
            likeness = 0.0
        folds.append(Fold(likeness, place))
    best = Fold(-1.0, 0.5) if contrast < T.contrast else _only(folds)
    top = int(np.argmax(raw))
    return Folded(best, raw[top], folds[top].place, least[top], _rival(raw, top), contrast)


def _rival(heights: list[float], best: int) -> float:
    """The highest of the other tops."""
    rises = np.diff(heights)
    tops = np.nonzero((rises[:-1] > 0) & (rises[1:] <= 0))[0] + 1
    return max((heights[top] for top in tops if abs(top - best) > 2), default=-1.0)


def _whole(across: Array) -> bool:
    """Does it match all along the axis? A window has a mirror axis too, but the wall has not."""
    bands = np.array_split(across, BANDS)
    energy = np.array([float(np.abs(band).mean()) for band in bands])
    match = np.array([_mirrored(band, -1) for band in bands])
    return bool(((energy > T.lively * energy.max()) & (match > T.band)).mean() >= T.along)


def _only(folds: list[Fold]) -> Fold:
    """The best fold, if it is the only one: what repeats can be folded at every step."""
    heights = np.array([fold.likeness for fold in folds])
    best = int(heights.argmax())
    rises = np.diff(heights)
    tops = np.nonzero((rises[:-1] > 0) & (rises[1:] <= 0))[0] + 1
    rivals = [top for top in tops if top != best and heights[top] > heights[best] - T.alone]
    return Fold(-1.0, 0.5) if rivals else folds[best]


def _varying(view: Array) -> Array:
    """Each row without its own mean: what changes across the axis."""
    return np.asarray(view - view.mean(axis=1, keepdims=True))


def _mirrored(view: Array, sign: int = 1) -> float:
    return float((view * view[:, ::-1]).sum() * sign / (np.square(view).sum() + 1e-6))
