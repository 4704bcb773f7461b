"""Whether something grows: the median of all slopes, so that no single peak decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MIB = 2**20


@dataclass(frozen=True)
class Course:
    """One thing measured again and again: ``values`` at ``times``, in seconds."""

    name: str
    times: Sequence[float]
    values: Sequence[float]

    def settled(self, after: float) -> "Course":
        """Without the time in which caches and pools fill."""
        kept = [
            (at, value) for at, value in zip(self.times, self.values, strict=True) if at >= after
        ]
        return Course(self.name, [at for at, _ in kept], [value for _, value in kept])

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def slope(self) -> float:
        """Per second, after Theil and Sen."""
        pairs = zip(self.times, self.values, strict=True)
        points = list(pairs)
        slopes = [
            (later[1] - one[1]) / (later[0] - one[0])
            for number, one in enumerate(points)
            for later in points[number + 1 :]
            if later[0] > one[0]
        ]
        return median(slopes) if slopes else 0.0

    @property
    def growth(self) -> float:
        """What the slope makes of the whole time that was measured."""
        return self.slope * (self.times[-1] - self.times[0]) if self.times else 0.0


@dataclass(frozen=True)
class Tolerance:
    """Growth over the measured time: a share of the middle value, or so much, what is more."""

    share: float
    least: float

    def of(self, course: Course) -> float:
        return max(self.share * course.middle, self.least)


#: Allocators and caches breathe; a leak of one photo in a hundred shows within minutes.
MEMORY = Tolerance(0.06, 12 * MIB)
#: Pools open and close a few: a leak adds one with every photo or every search.
HANDLES = Tolerance(0.05, 4)


def grows(course: Course, tolerance: Tolerance) -> bool:
    return course.growth > tolerance.of(course)
