"""Where a list of matches should end: at a gap, above the noise, as strictly as asked."""

from collections.abc import Sequence
from itertools import pairwise

from services.search.weights import CUT, Cut, at


def cut(likenesses: Sequence[float], strictness: int, table: Cut = CUT) -> int:
    """How many of these, best first, are shown.

    A flat number cannot do it: the same 0.4 is a fine match for an odd phrase and noise for a word
    that many photos have. So the best photo sets the scale, a clear drop ends the list, and a
    best photo that is no better than noise empties it.
    """
    if not likenesses or likenesses[0] < at(strictness, table.best):
        return 0
    least = max(at(strictness, table.floor), likenesses[0] * at(strictness, table.of_best))
    count = sum(likeness >= least for likeness in likenesses)
    gap, clear = at(strictness, table.gap), at(strictness, table.clear)
    for place, (better, worse) in enumerate(pairwise(likenesses[:count]), 1):
        if better - worse >= gap and worse < clear:
            return place
    return count
