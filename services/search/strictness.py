"""How many matches are shown at a strictness: never more at a stricter one."""

from collections.abc import Sequence

from services.search.cutoff import cut
from services.search.evidence import Doubles

#: Where the numbers of the cut were fitted; from here on nothing turns back.
MIDDLE = 50


def shown_at(
    likenesses: Sequence[float] | Doubles, covers: Sequence[float] | Doubles, strictness: int
) -> int:
    """What lacks a part of the question counts while it is little, and a stricter cut leaves less.

    So at some strictness those would come in again that a laxer one had left out. Whoever moves
    the slider sees photos go in one direction and come in the other.
    """
    shown = cut(likenesses, covers, MIDDLE)
    for stricter in range(MIDDLE + 1, strictness + 1):
        shown = min(shown, cut(likenesses, covers, stricter))
    for laxer in range(MIDDLE - 1, strictness - 1, -1):
        shown = max(shown, cut(likenesses, covers, laxer))
    return shown
