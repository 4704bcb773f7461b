"""Where a list of matches should end: at a gap, above the noise, as strictly as asked."""

from collections.abc import Sequence
from itertools import pairwise

from services.search.weights import CUT, Cut, at

SAME = 0.01  # two shares of what is asked that differ by rounding


def cut(
    likenesses: Sequence[float], covers: Sequence[float], strictness: int, table: Cut = CUT
) -> int:
    """How many of these, best first, are shown; ``covers``: how much each has of what is asked.

    A flat number cannot do it: the same 0.4 is a fine match for an odd phrase and noise for a word
    that many photos have. So the best photo sets the scale, a clear drop ends the list, a best
    photo that is no better than noise empties it, and where some photos have all that was asked
    for, those that have a part of it are no matches: half of 'purple sky' is every other photo.
    """
    if not likenesses or likenesses[0] < at(strictness, table.best):
        return 0
    least = max(at(strictness, table.floor), likenesses[0] * at(strictness, table.of_best))
    count = sum(likeness >= least for likeness in likenesses)
    gap, clear = at(strictness, table.gap), at(strictness, table.clear)
    for place, (better, worse) in enumerate(pairwise(likenesses[:count]), 1):
        if better - worse >= gap and worse < clear:
            count = place
            break
    return min(count, _with_enough(covers[:count], strictness, table))


def _with_enough(covers: Sequence[float], strictness: int, table: Cut) -> int:
    """How many there are down to those that lack more of what is asked than the others.

    Those that lack some of it count while they are few: what many photos have says little.
    """
    most = max(covers)
    some = _mostly(covers, most - at(strictness, table.lacking))
    lacking = sum(has < most - SAME for has in covers[:some])
    return some if not strictness or lacking <= table.few else _mostly(covers, most - SAME)


def _mostly(covers: Sequence[float], enough: float) -> int:
    """The longest beginning that ends with a photo that has enough, and half of which have."""
    having = [place for place, has in enumerate(covers, 1) if has >= enough]
    return max(place for n, place in enumerate(having, 1) if 2 * n >= place or n == 1)
