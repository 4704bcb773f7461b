"""What a composition detector answers."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Technique:
    """A composition technique, how sure it is (0..1), and the geometry that shows it.

    Coordinates are 0..1 of the upright photo, x to the right, y down.
    """

    name: str
    confidence: float
    evidence: dict[str, Any]


def graded(value: float, *, enough: float, plenty: float) -> float:
    """0.5 where a verdict begins, 0.95 where nothing could be clearer."""
    share = (value - enough) / (plenty - enough)
    return round(0.5 + 0.45 * min(1.0, max(0.0, share)), 3)


def rounded(*numbers: float) -> list[float]:
    """Coordinates as they travel: 0.1 of a thousandth of the photo is fine enough."""
    return [round(float(number), 4) for number in numbers]
