"""What browsers put into the store and nobody took in: gone after a while."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from services.common.blobs import QUARANTINE, Blobs

#: Seconds between two looks: listing costs a call, and nothing there is in anybody's way.
EVERY = 600.0
AT_ONCE = 1000


@dataclass
class Quarantine:
    """``keep``: seconds that an upload may lie there."""

    blobs: Blobs
    keep: float
    clock: Callable[[], float] = time.monotonic
    _next: float = 0.0

    def __call__(self) -> int:
        """How many went; looks only now and then. Raises ``TryAgain`` when the store is away."""
        if self.clock() < self._next:
            return 0
        self._next = self.clock() + EVERY
        before = datetime.now(UTC) - timedelta(seconds=self.keep)
        return self.blobs.delete(islice(self.blobs.older(f"{QUARANTINE}/", before), AT_ONCE))
