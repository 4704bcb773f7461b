"""A free port for a server that a test starts, and for nobody else until the run is over."""

import fcntl
import os
import random
import tempfile
from pathlib import Path

from services.embedded.ports import RANGE, is_free

#: Above what neighbours take, and below what they take with 10 000 added: so far under what kernels
#: hand to outgoing connections, one of which may come between the look and the server.
OURS = range(RANGE.stop, RANGE.start + 10_000)
_held: list[int] = []


def free_port() -> int:
    """One that no other process of any test run has been given, for as long as this one lives."""
    folder = Path(tempfile.gettempdir()) / f"imgcap-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for port in random.sample(OURS, len(OURS)):
        claim = os.open(folder / str(port), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(claim)
            continue
        _held.append(claim)  # the lock goes with the process
        if is_free(port):
            return port
    raise AssertionError(f"no free port between {OURS.start} and {OURS.stop}")
