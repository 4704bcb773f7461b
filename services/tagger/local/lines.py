"""Leading lines: straight edges that run from the near border towards one point in the photo.

Segments that meet somewhere are in every photo; chance alone makes them. So a point counts only
when several *rays* from it are really drawn: covered by segments for a good part of their way,
out to the border, on more than one side, and among them two that start where the viewer stands.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from services.tagger.local.pixels import Array, Bytes, Floats, shrink
from services.tagger.local.technique import Technique, graded, rounded
from services.tagger.local.thresholds import LINES as T

#: The candidates for the point are where the longest segments cross, two by two.
LONGEST = 40
#: More segments than this are not drawn over a photo.
SHOWN = 24
#: Where in the photo the point may lie: left, top, right, bottom.
WITHIN = (0.02, 0.05, 0.98, 0.85)


@dataclass(frozen=True)
class Rays:
    """As seen from the vanishing point: angle, drawn length, share of the way, farthest end."""

    angles: Floats
    lengths: Floats
    shares: Floats
    reaches: Floats

    def leading(self, forgiven: float = 1.0) -> Floats:
        """Which of them lead; ``forgiven`` (0..1) is what part of the thresholds will do."""
        good = (self.lengths > forgiven * T.ray_covered) & (self.shares > forgiven * T.ray_share)
        return np.asarray(good & (self.reaches > forgiven * T.ray_reach))

    def below(self, which: Floats) -> int:
        """How many of ``which`` run down from the point, towards the viewer."""
        return int(((self.angles[which] > 10) & (self.angles[which] < 170)).sum())


@dataclass(frozen=True)
class Convergence:
    """Where lines meet, and what of them is drawn. ``point`` and ``lines`` are 0..1 of the photo;
    ``drawn`` and ``covered`` diagonals, ``spread`` degrees, ``share`` of all oblique segments."""

    point: tuple[float, float]
    lines: Array
    rays: int
    below: int
    covered: float
    spread: float
    share: float
    #: By a rule that forgives gaps: how many rays, how many of them below, drawn length, spread.
    loose_rays: int
    loose_below: int
    drawn: float
    loose_spread: float

    def evidence(self) -> dict[str, Any]:
        return {
            "lines": [rounded(*line) for line in self.lines],
            "vanishing_point": rounded(*self.point),
        }


def convergence(gray: Bytes) -> Convergence | None:
    """The point where most lines meet, led to or not."""
    small = shrink(gray, T.side)
    size = np.array(small.shape[::-1], dtype=float)
    segments = oblique_segments(small)
    found = vanishing_point(segments, size)
    if found is None:
        return None
    point, meeting = found
    rays = rays_from(point, segments[meeting], size)
    good, loose = rays.leading(), rays.leading(T.forgiven)
    longest = np.argsort(-_lengths(segments[meeting]))[:SHOWN]
    return Convergence(
        point=(float(point[0] / size[0]), float(point[1] / size[1])),
        lines=segments[meeting][longest] / np.tile(size, 2),
        rays=int(good.sum()),
        below=rays.below(good),
        covered=float(rays.lengths[good].sum()),
        spread=_spread(rays.angles[good]),
        share=float(_lengths(segments[meeting]).sum() / _lengths(segments).sum()),
        loose_rays=int(loose.sum()),
        loose_below=rays.below(loose),
        drawn=float(rays.lengths[loose].sum()),
        loose_spread=_spread(rays.angles[loose]),
    )


def leading_lines(seen: Convergence | None) -> Technique | None:
    if seen is None:
        return None
    enough = seen.rays >= T.rays and seen.below >= T.rays_below and seen.covered >= T.covered
    if not enough or seen.share < T.share or seen.spread < T.spread:
        return None
    confidence = graded(seen.covered, enough=T.covered, plenty=1.5)
    return Technique("leading lines", confidence, seen.evidence())


def oblique_segments(gray: Bytes) -> Array:
    """Straight edges, x1 y1 x2 y2, without the level and the upright ones."""
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
    found = detector.detect(gray)[0]
    if found is None:
        return np.zeros((0, 4))
    segments = found.reshape(-1, 4).astype(float)
    angles = _angles(segments)
    off_axis = np.minimum.reduce([angles, 180 - angles]) > T.oblique
    long = _lengths(segments) > T.shortest * np.hypot(*gray.shape)
    return np.asarray(segments[off_axis & long])


def vanishing_point(segments: Array, size: Array) -> tuple[Array, Array] | None:
    """The point through which the greatest length of segments runs, and which those are."""
    if len(segments) < 4:
        return None
    lengths, lines = _lengths(segments), _homogeneous(segments)
    first = np.argsort(-lengths)[:LONGEST]
    i, j = np.triu_indices(len(first), 1)
    crossings = np.cross(lines[first[i]], lines[first[j]])
    crossings = crossings[np.abs(crossings[:, 2]) > 1e-6]
    points = crossings[:, :2] / crossings[:, 2:]
    left, top, right, bottom = np.array(WITHIN) * np.tile(size, 2)
    x, y = points.T
    points = points[(x > left) & (x < right) & (y > top) & (y < bottom)]
    if not len(points):
        return None
    meets = _meet(points, segments, size)
    best = int((meets * lengths).sum(axis=1).argmax())
    meeting = meets[best]
    if meeting.sum() < T.rays:
        return None
    weights = lengths[meeting]
    normals, offsets = lines[meeting][:, :2], -lines[meeting][:, 2]
    refined = np.linalg.lstsq(normals * weights[:, None], offsets * weights, rcond=None)[0]
    near = np.hypot(*(refined - points[best])) < 0.05 * np.hypot(*size)
    return (refined if near else points[best]), meeting


def _meet(points: Array, segments: Array, size: Array) -> Array:
    """Row per point, column per segment: does the segment, made longer, run through the point?"""
    middles = (segments[:, :2] + segments[:, 2:]) / 2
    towards = points[:, None] - middles[None]
    turned = np.degrees(np.arctan2(towards[..., 1], towards[..., 0])) - _angles(segments)
    off = np.abs((turned + 90) % 180 - 90)
    # A segment that contains the point does not lead to it.
    away = np.hypot(towards[..., 0], towards[..., 1]) > (
        0.5 * _lengths(segments) + 0.03 * np.hypot(*size)
    )
    return np.asarray((off < T.tolerance) & away)


def rays_from(point: Array, segments: Array, size: Array) -> Rays:
    """Segments that lie behind one another are one ray."""
    ends = segments.reshape(-1, 2, 2) - point
    distances = np.hypot(ends[..., 0], ends[..., 1])
    far_ends = ends[np.arange(len(ends)), distances.argmax(axis=1)]
    angles = np.degrees(np.arctan2(far_ends[:, 1], far_ends[:, 0]))
    order = np.argsort(angles)
    cuts = np.nonzero(np.diff(angles[order]) >= T.ray_gap)[0] + 1
    rows = [_ray(angles[g], distances[g], point, size) for g in np.split(order, cuts)]
    return Rays(*np.array(rows, dtype=np.float32).T)


def _ray(angles: Array, distances: Array, point: Array, size: Array) -> tuple[float, ...]:
    angle = float(np.median(angles))
    covered, end = 0.0, 0.0
    for near, far in sorted((float(d.min()), float(d.max())) for d in distances):
        covered += max(0.0, far - max(near, end))
        end = max(end, far)
    direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    room = np.where(direction > 0, size - point, point)
    to_border = float((room / np.maximum(np.abs(direction), 1e-6)).min())
    return angle, covered / float(np.hypot(*size)), covered / to_border, end / to_border


def _spread(angles: Floats) -> float:
    """Degrees between the outermost rays, seen from the point."""
    if len(angles) < 2:
        return 0.0
    around = np.sort(angles)
    return float(360 - np.diff(np.append(around, around[0] + 360)).max())


def _lengths(segments: Array) -> Array:
    return np.asarray(np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]))


def _angles(segments: Array) -> Array:
    run, rise = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    return np.asarray(np.degrees(np.arctan2(rise, run)) % 180)


def _homogeneous(segments: Array) -> Array:
    ones = np.ones((len(segments), 1))
    lines = np.cross(np.hstack([segments[:, :2], ones]), np.hstack([segments[:, 2:], ones]))
    return np.asarray(lines / np.linalg.norm(lines[:, :2], axis=1, keepdims=True))
