"""Places where a test may kill a process, to prove that nothing is lost there.

``main`` arms one of them from ``IMGCAP_CRASH_AT``; unarmed, a point costs one comparison.
``name:3`` dies when the point is reached for the third time.
"""

import os
import signal
from threading import Lock

_lock = Lock()
_armed: dict[str, int] = {}


def arm(setting: str) -> None:
    """Raises ``ValueError`` if what follows the colon is no number."""
    _armed.clear()
    if setting:
        name, _, times = setting.partition(":")
        _armed[name] = int(times or 1)


def reach(name: str) -> None:
    if name not in _armed:
        return
    with _lock:
        _armed[name] -= 1
        if _armed[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
