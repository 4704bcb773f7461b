"""Where a list of matches should end: at a gap, above the noise, as strictly as asked."""

from collections.abc import Sequence

import numpy as np

from services.search.evidence import Doubles
from services.search.weights import CUT, Cut, at

SAME = 0.01  # two shares of what is asked that differ by rounding


def cut(
    likenesses: Sequence[float] | Doubles,
    covers: Sequence[float] | Doubles,
    strictness: int,
    table: Cut = CUT,
) -> int:
    """How many of these, best first, are shown; ``covers``: how much each has of what is asked.

    A flat number cannot do it: the same 0.4 is a fine match for an odd phrase and noise for a word
    that many photos have. So the best photo sets the scale, a clear drop ends the list, a best
    photo that is no better than noise empties it, and where some photos have all that was asked
    for, those that have a part of it are no matches: half of 'purple sky' is every other photo.
    """
    likeness, cover = np.asarray(likenesses, np.float64), np.asarray(covers, np.float64)
    if not len(likeness) or likeness[0] < at(strictness, table.best):
        return 0
    least = max(at(strictness, table.floor), float(likeness[0]) * at(strictness, table.of_best))
    count = int(np.count_nonzero(likeness >= least))
    better, worse = likeness[: count - 1], likeness[1:count]
    gap, clear = at(strictness, table.gap), at(strictness, table.clear)
    gaps = np.flatnonzero((better - worse >= gap) & (worse < clear))
    if len(gaps):
        count = int(gaps[0]) + 1
    return min(count, _with_enough(cover[:count], strictness, table))


def _with_enough(covers: Doubles, strictness: int, table: Cut) -> int:
    """How many there are down to those that lack more of what is asked than the others.

    Those that lack some of it count while all of them are few: what many photos have says little,
    and where many have all of it nobody waits for the rest.
    """
    most = float(covers.max())
    some = _mostly(covers, most - at(strictness, table.lacking))
    return some if not strictness or some <= table.few else _mostly(covers, most - SAME)


def _mostly(covers: Doubles, enough: float) -> int:
    """The longest beginning that ends with a photo that has enough, and half of which have."""
    having = np.flatnonzero(covers >= enough) + 1
    number = np.arange(1, len(having) + 1)
    return int(having[(2 * number >= having) | (number == 1)].max())
