"""An answer's bytes under a limit: of size, and of time for all of them together.

A read time-out alone lets a server that sends a byte a second hold a thread for ever.
"""

import time
from collections.abc import Iterable, Iterator

LARGEST = 4 * 2**20  # bytes; 2048 vectors of 512 numbers as base64 are 5.6 MB, one photo's is 20 kB


class TooLarge(Exception):
    """More bytes than any honest answer has."""


class TooSlow(Exception):
    """The bytes come, but they would never end in time."""


def bounded(chunks: Iterable[bytes], *, largest: int, deadline: float) -> Iterator[bytes]:
    """``deadline`` by ``time.monotonic``. Raises ``TooLarge`` or ``TooSlow``."""
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > largest:
            raise TooLarge(f"the answer has over {largest} bytes")
        if time.monotonic() > deadline:
            raise TooSlow("the answer did not end in time")
        yield chunk
