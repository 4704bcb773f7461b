"""How fast a provider is asked: at most at a set rate, and slower while it complains.

A refusal takes a twentieth off the rate, once for all the calls that were on their way together;
a second one soon afterwards takes more. Each second without gives half a hundredth back. So
the rate hovers just below what the provider really allows, whatever the setting hopes for and
however many processes share the allowance.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from services.common.cloud.failing import BUSY, unwell

#: Of many tried in tests/cloud/test_pace.py's storms, these waste the least and settle the best.
OFF, FAR_OFF, BACK = 0.95, 0.85, 1.005
SLOWEST = 0.01  # of the set rate
#: Seconds. Refusals closer than the first speak of one burst; than the second, of a wrong rate.
SAME_BURST, SOON = 1.0, 2.5
#: Seconds of turns that were not used and may be used later.
SAVED = 1.0


@dataclass
class Pace:
    """A token bucket. Turns are given in order; nobody waits longer than ``patience``."""

    most: float
    patience: float = 15.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    rate: float = field(init=False)
    _next: float = field(init=False)
    _hold: float = field(init=False)
    _changed: float = field(init=False)
    _refused: float = field(default=-1e9, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        self.rate = self.most
        self._next = self._hold = self._changed = self.clock()

    def take(self) -> None:
        """Returns when it is the caller's turn; raises ``TryAgain`` if that is too far off."""
        with self._lock:
            now = self.clock()
            self._recover(now)
            begin = max(now, self._hold)
            turn = max(self._next, begin - SAVED)
            wait = max(turn, begin) - now
            if wait > self.patience:
                after = timedelta(seconds=wait)
                raise unwell(BUSY, "as many calls as the provider allows are waiting", after)
            self._next = turn + 1 / self.rate
        if wait > 0:
            self.sleep(wait)

    def refused(self, after: timedelta | None) -> None:
        """The provider says that it was too much; ``after`` is when it wants to be asked again."""
        with self._lock:
            now = self.clock()
            self._recover(now)
            since = now - self._refused
            if since > SAME_BURST:
                off = FAR_OFF if since < SOON else OFF
                self.rate = max(self.rate * off, self.most * SLOWEST)
                self._refused = now
            if after:
                self._hold = max(self._hold, now + after.total_seconds())

    def _recover(self, now: float) -> None:
        self.rate = min(self.most, self.rate * BACK ** (now - self._changed))
        self._changed = now
