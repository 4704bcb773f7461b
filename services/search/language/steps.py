"""Numbers as steps: a range becomes a few keys that the index of facts knows.

``with_steps`` in the database says the same. The steps only narrow what is looked at, so they may
be one too wide at either end; the range itself is checked as well.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Steps:
    """Of one fact: its number among all, and the first and last step that a photo can have."""

    code: int
    least: int
    most: int


#: Half octaves: of what is measured in stops, millimetres and pixels.
OCTAVES = {
    "iso": Steps(1, 0, 47),
    "f": Steps(2, -2, 20),
    "s": Steps(3, -34, 40),
    "mm": Steps(4, 0, 34),
    "w": Steps(5, 0, 34),
    "h": Steps(6, 0, 34),
    "mp": Steps(7, -20, 28),
}
TENTHS = {
    "v": Steps(11, -11, 11),
    "e": Steps(12, -11, 11),
    "sx": Steps(13, 0, 11),
    "sy": Steps(14, 0, 11),
}
#: Whole numbers are keys as they are.
WHOLE = {"y": (1826, 2200), "hour": (0, 23)}
MIDDLE = 500
#: More keys than this are no help.
MOST = 30


def steps_path(key: str, low: float | None, high: float | None) -> str | None:
    """The jsonpath of the steps of a range; None where there are none, or too many."""
    if low is None and high is None:
        return None
    if key in WHOLE:
        least, most = WHOLE[key]
        first = least if low is None else max(least, math.ceil(low))
        last = most if high is None else min(most, math.floor(high))
        numbers = range(first, min(last, first + MOST) + 1)
        return _any([f"$.{key} == {number}" for number in numbers])
    steps = OCTAVES.get(key) or TENTHS.get(key)
    if steps is None:
        return None
    step = _octave if key in OCTAVES else _tenth
    first = steps.least if low is None else max(steps.least, step(low) - 1)
    last = steps.most if high is None else min(steps.most, step(high) + 1)
    numbers = range(first, min(last, first + MOST) + 1)
    return _any([f"$.b[*] == {steps.code * 1000 + MIDDLE + number}" for number in numbers])


def _any(paths: list[str]) -> str | None:
    return "(" + " || ".join(paths) + ")" if 0 < len(paths) <= MOST else None


def _octave(value: float) -> int:
    return math.floor(2 * math.log2(min(value, 1e12))) if value > 1e-12 else -80


def _tenth(value: float) -> int:
    return math.floor(10 * max(-2.0, min(2.0, value)))
