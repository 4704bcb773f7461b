"""Outlives its parent by a few seconds to stop what the parent left behind.

The parent tells it over a pipe what runs. However the parent ends, a SIGKILL included, the pipe
closes; then everything still on the list is stopped, the highest tier first. Run as a script, on
its own, so that it starts in a few milliseconds and needs nothing of a broken installation.
"""

import signal
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from services.embedded.processes import kill_group, send, wait_gone

#: Seconds that one tier may take to stop by itself.
GRACE = 8.0


def watch() -> None:
    """Read ``+ pid tier signal`` and ``- pid`` until the pipe closes."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    left: dict[int, tuple[int, int]] = {}
    for line in sys.stdin:
        match line.split():
            case ["+", pid, tier, stops_on]:
                left[int(pid)] = (int(tier), int(stops_on))
            case ["-", pid]:
                left.pop(int(pid), None)
    for tier in sorted({tier for tier, _ in left.values()}, reverse=True):
        group = {pid: number for pid, (own, number) in left.items() if own == tier}
        for pid, number in group.items():
            send(pid, number)
        wait_gone(list(group), GRACE)
        for pid in group:
            kill_group(pid)


if __name__ == "__main__":
    watch()
