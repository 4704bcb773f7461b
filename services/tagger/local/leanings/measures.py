"""What geometry has measured, in numbers of about the same size, for the heads that weigh it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from services.tagger.local.horizon import Horizon
from services.tagger.local.lines import Convergence
from services.tagger.local.pattern import Repeats, repeats
from services.tagger.local.pixels import Bytes
from services.tagger.local.placement import POWER_POINTS, THIRDS
from services.tagger.local.subject import Subject
from services.tagger.local.symmetry import Mirror

NOTHING = (0.0,) * 9


@dataclass(frozen=True)
class Geometry:
    """All that is measured in one photo. ``horizon`` is looked for where there is no subject, and
    what repeats only where somebody asks: it costs as much as all the rest."""

    subject: Subject | None
    horizon: Horizon | None
    mirror: Mirror
    convergence: Convergence | None
    gray: Bytes

    @cached_property
    def repeats(self) -> Repeats:
        return repeats(self.gray)


def _near(distance: float, reach: float) -> float:
    """1 where it is, falling to nothing within about twice ``reach``."""
    return math.exp(-((distance / reach) ** 2))


def _middle(seen: Geometry) -> tuple[float, ...]:
    one = seen.subject
    if one is None:
        return NOTHING[:8]
    left, _, width, _ = one.box
    return (
        1.0,
        2 * _near(one.x - 0.5, 0.08),
        2 * _near(left + width / 2 - 0.5, 0.1),
        1.5 * _near(one.y - 0.5, 0.2),
        one.share,
        one.strength,
        -float(width > 0.92),
        math.exp(-abs(one.area - 0.15) / 0.2),
    )


def _thirds(seen: Geometry) -> tuple[float, ...]:
    one, line = seen.subject, seen.horizon
    level = min(abs(line.y - third) for third in THIRDS) if line else 1.0
    horizon = 2 * line.strength * _near(level, 0.04) if line and not one else 0.0
    if one is None:
        return (*NOTHING[:6], horizon)
    point = min(math.dist((one.x, one.y), point) for point in POWER_POINTS)
    upright = min(abs(one.x - third) for third in THIRDS)
    small = float(one.area < 0.3)
    return (
        1.0,
        2 * small * _near(point, 0.1),
        2 * small * float(one.box[2] < 0.5) * _near(upright, 0.06),
        -2 * _near(one.x - 0.5, 0.09),
        one.share,
        one.strength,
        horizon,
    )


def _folds(seen: Geometry) -> tuple[float, ...]:
    upright, level, one = seen.mirror.upright, seen.mirror.level, seen.subject
    middle = abs(level.place - 0.5) < 0.15
    return (
        2 * upright.likeness,
        2 * upright.least,
        8 * abs(upright.place - 0.5),
        min(upright.contrast, 6.0) / 4,
        2 * max(0.0, upright.likeness - upright.rival),
        2 * level.likeness,
        2 * level.least,
        3 * abs(level.place - 0.5),
        2 * max(0.0, level.likeness - level.rival),
        3 * max(upright.least, level.least if middle else -1.0),
        2 * (1 - 6 * abs(one.x - 0.5)) if one else 0.0,
    )


def _lines(seen: Geometry) -> tuple[float, ...]:
    one = seen.convergence
    if one is None:
        return NOTHING
    x, y = one.point
    return (
        min(one.drawn, 2.0),
        min(one.loose_rays, 8) / 4,
        min(one.loose_below, 4) / 2,
        2 * one.share,
        one.loose_spread / 120,
        min(one.covered, 1.5),
        1 - 2 * abs(x - 0.5),
        1 - 2 * abs(y - 0.45),
        float(one.covered > 0.5 and one.loose_below >= 2),
    )


def _steps(seen: Geometry) -> tuple[float, ...]:
    one, subject = seen.repeats, seen.subject
    return (
        one.contrast / 20,
        2 * one.first,
        2 * one.second,
        2 * one.corners,
        2 * one.corners_first,
        -one.valley,
        2 * one.even,
        -2 * one.uneven,
        1.5 * float(subject is None),
        -3 * subject.area if subject and subject.area < 0.4 else 0.0,
        2 * min(one.first, one.second + 0.1, one.corners + 0.1),
    )


MEASURES: dict[str, Callable[[Geometry], tuple[float, ...]]] = {
    "centered": _middle,
    "rule of thirds": _thirds,
    "symmetry": _folds,
    "leading lines": _lines,
    "pattern": _steps,
}
