"""What is said of the composition: rules where they are clear, learned heads where they are not."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.tagger.local.leanings.measures import Geometry
from services.tagger.local.lines import leading_lines
from services.tagger.local.pattern import pattern
from services.tagger.local.placement import POWER_POINTS, THIRDS, placement, power_point
from services.tagger.local.symmetry import symmetry
from services.tagger.local.technique import Technique
from services.tagger.local.thresholds import COMPOSITION as T


def by_rule(seen: Geometry) -> Iterator[Technique]:
    """By geometry alone, each technique with a rule of its own."""
    # A photo with one clear subject is about the subject, whatever repeats around it.
    about = seen.subject is not None and seen.subject.area <= T.about
    again = None if about else pattern(seen.repeats)
    # What repeats can be folded at every step: its many axes are no symmetry of the photo.
    folded = None if again else symmetry(seen.mirror)
    found = (placement(seen.subject, seen.horizon), folded, leading_lines(seen.convergence), again)
    yield from (one for one in found if one is not None and one.confidence >= T.said)


def weighed(
    seen: Geometry,
    ruled: Mapping[str, Technique],
    looks: Mapping[str, float],
    sure: Callable[[str], float],
) -> Iterator[Technique]:
    """By looks and geometry together. ``looks`` are the heads' scores, ``sure`` gives the share
    of such photos that were right.

    A rule's verdict stands unless they speak against it. Without the rule, both must speak for it.
    Of the two places that a subject can have, the surer one is said.
    """
    said = {}
    for name, possible in POSSIBLE.items():
        if name in ruled:
            share = sure(name)
            if _stands(ruled[name], looks[name], share):
                said[name] = max(share, T.doubtful)
        # The looks come first: without them nothing has to be measured.
        elif looks[name] >= T.looks[name] and possible(seen):
            share = sure(name)
            if share >= T.likely[name]:
                said[name] = share
    if "pattern" in ruled:
        said.pop("symmetry", None)
        said.pop("centered", None)
    places = [name for name in ("centered", "rule of thirds") if name in said]
    if len(places) == 2:
        del said[min(places, key=lambda name: said[name])]
    for name, share in said.items():
        yield Technique(name, round(min(0.95, share), 3), _evidence(name, seen, ruled))


def _stands(rule: Technique, looks: float, share: float) -> bool:
    """Whether looks and geometry let a rule's verdict pass.

    Level lines, horizons and waterlines, are rare among what the heads have seen: they are hardly
    asked. Many things have an upright axis of their own, a cup or a telephone, and make no
    symmetry of the photo: geometry cannot tell the two apart, looks can.
    """
    axis = rule.evidence.get("axis")
    level = axis is not None and axis["from"][1] == axis["to"][1]
    if level or "horizon" in rule.evidence:
        return share >= T.doubted_level
    if axis is not None and looks < T.folded:
        return False
    barely = rule.name in T.clear and rule.confidence < T.clear[rule.name]
    return share >= (T.likely if barely else T.doubted)[rule.name]


def _may_be_centered(seen: Geometry) -> bool:
    one = seen.subject
    if one is None or one.share < 0.5 or one.area > T.fills or one.box[2] > T.across:
        return False
    return abs(one.x - 0.5) < T.off_middle and abs(one.y - 0.5) < 2 * T.off_middle


def _may_be_on_third(seen: Geometry) -> bool:
    one = seen.subject
    if one is None:
        return False  # a horizon either is on the line, by the rule, or is not
    point = min(math.dist((one.x, one.y), point) for point in POWER_POINTS)
    return point < T.power_reach or min(abs(one.x - third) for third in THIRDS) < T.line_reach


#: What must be there to be drawn, for a verdict without the rule.
POSSIBLE: Mapping[str, Callable[[Geometry], bool]] = {
    "centered": _may_be_centered,
    "rule of thirds": _may_be_on_third,
    "symmetry": lambda seen: max(seen.mirror.upright.least, seen.mirror.level.least) > 0,
    "leading lines": lambda seen: bool(seen.convergence and seen.convergence.loose_rays >= 2),
    "pattern": lambda seen: bool(seen.repeats.steps),
}


def _evidence(name: str, seen: Geometry, ruled: Mapping[str, Technique]) -> dict[str, Any]:
    if name in ruled:
        return ruled[name].evidence
    if name == "symmetry":
        return seen.mirror.evidence()
    if name == "leading lines" and seen.convergence:
        return seen.convergence.evidence()
    if name == "pattern":
        return seen.repeats.evidence()
    assert seen.subject is not None
    place = {"subject": seen.subject.evidence()}
    return place if name == "centered" else {**place, "power_point": power_point(seen.subject)}
