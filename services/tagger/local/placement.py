"""Where in the frame things stand: 'centered' and 'rule of thirds'."""

import math

from services.tagger.local.horizon import Horizon
from services.tagger.local.subject import Subject
from services.tagger.local.technique import Technique, graded, rounded
from services.tagger.local.thresholds import PLACEMENT as T
from services.tagger.local.thresholds import SUBJECT

THIRDS = (1 / 3, 2 / 3)
POWER_POINTS = tuple((x, y) for x in THIRDS for y in THIRDS)


def placement(subject: Subject | None, horizon: Horizon | None = None) -> Technique | None:
    """At most one of the two: what stands in the middle does not stand on a third."""
    if subject is None or not _clear(subject):
        return _on_horizon(horizon) if subject is None else None
    return _centered(subject) or _on_third(subject)


def _clear(subject: Subject) -> bool:
    return (
        subject.share >= SUBJECT.alone
        and subject.strength >= SUBJECT.sure
        and subject.area >= T.smallest
    )


def _centered(subject: Subject) -> Technique | None:
    across, down = abs(subject.x - 0.5) / T.centre_x, abs(subject.y - 0.5) / T.centre_y
    left, top, width, height = subject.box
    fills = width > T.widest
    # The whole thing and not only its weight: a head on a long body may sit in the middle.
    box_x, box_y = abs(left + width / 2 - 0.5), abs(top + height / 2 - 0.5)
    balanced = box_x < 1.5 * T.centre_x and box_y < 1.5 * T.centre_y
    if max(across, down) >= 1 or subject.area > T.largest_centered or fills or not balanced:
        return None
    confidence = graded(1 - max(across, 0.7 * down), enough=0, plenty=1)
    return Technique("centered", confidence, {"subject": subject.evidence()})


def _on_third(subject: Subject) -> Technique | None:
    """On a power point, or, for a tower or a person, upright on a third line."""
    left, _, width, height = subject.box
    fills = width > T.widest_on_third or height > T.tallest_on_third
    cut = left < T.cut or left + width > 1 - T.cut
    if fills or cut or subject.area > T.largest_on_third:
        return None
    point = min(POWER_POINTS, key=lambda p: math.dist((subject.x, subject.y), p))
    near_point = 1 - math.dist((subject.x, subject.y), point) / T.power_reach
    near_line = 1 - abs(subject.x - point[0]) / T.line_reach
    tall = height >= T.long and width < height / 2
    nearness = max(near_point, near_line * 0.6 if tall else 0)
    if nearness <= 0:
        return None
    evidence = {"subject": subject.evidence(), "power_point": rounded(*point)}
    return Technique("rule of thirds", graded(nearness, enough=0, plenty=1.2), evidence)


def power_point(subject: Subject) -> list[float]:
    """The nearest one."""
    return rounded(*min(POWER_POINTS, key=lambda p: math.dist((subject.x, subject.y), p)))


def _on_horizon(horizon: Horizon | None) -> Technique | None:
    """Sea and sky, and nothing else: where the photographer has put the line between them."""
    if horizon is None or horizon.strength < T.horizon_strength:
        return None
    distance = min(abs(horizon.y - third) for third in THIRDS)
    if distance >= T.horizon_reach:
        return None
    confidence = graded(1 - distance / T.horizon_reach, enough=0, plenty=2)
    return Technique("rule of thirds", confidence, {"horizon": round(horizon.y, 4)})
