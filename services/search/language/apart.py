"""'2019 and 2021', 'horizontal and vertical': no photo is both, so who says so means either."""

from collections.abc import Iterable, Iterator
from datetime import date

from services.search.language.dates import read_days
from services.search.language.plan import Condition, Either, Meant, Part

#: Of these a photo has one, and a number that is said alone is nearly no other.
ONE_EACH = ("orientation", "iso", "f", "mm", "exposure", "mp")


def either_of_one(parts: Iterable[Part], today: date) -> Iterator[Part]:
    """What stands together and cannot be met together, as alternatives."""
    together: list[Condition] = []
    for part in parts:
        if isinstance(part, Condition) and part.meant:
            others = [one.meant for one in together if one.meant]
            if not all(_apart(other, part.meant, today) for other in others):
                yield from _one(together)
                together = []
            together.append(part)
        else:
            yield from _one(together)
            together = []
            yield part
    yield from _one(together)


def _one(together: list[Condition]) -> Iterator[Part]:
    yield from [Either(tuple(together))] if len(together) > 1 else together


def _apart(one: Meant, other: Meant, today: date) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind == "date":
        first, second = read_days(one.text, today), read_days(other.text, today)
        return first is not None and second is not None and not first.meet(second)
    plain = not any(sign in chip.query for chip in (one, other) for sign in ("<", ">", ".."))
    return one.kind in ONE_EACH and plain and one.meaning != other.meaning
