"""What the system knows about a process and its children."""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

PR_SET_PDEATHSIG = 1
ZOMBIE = "ZX"


def _stat(pid: int | str) -> tuple[str, int] | None:
    """State and parent; None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    state, parent = text.rpartition(")")[2].split()[:2]
    return state, int(parent)


def is_alive(pid: int) -> bool:
    """True for a process that still runs; a zombie that nobody waits for does not count."""
    if Path("/proc/self/stat").exists():
        found = _stat(pid)
        return found is not None and found[0] not in ZOMBIE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def descendants(pid: int) -> list[int]:
    """Children, their children and so on, also those that made a process group of their own."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if found := _stat(entry.name):
            children.setdefault(found[1], []).append(int(entry.name))
    family, queue = [], [pid]
    while queue:
        born = children.get(queue.pop(), [])
        family += born
        queue += born
    return family


def send(pid: int, number: int) -> None:
    """A signal to one process, which may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def kill_group(pid: int) -> None:
    """Whatever is left of the process group that ``pid`` once led."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def wait_gone(pids: list[int], within: float) -> list[int]:
    """Those of ``pids`` that still live after ``within`` seconds."""
    deadline = monotonic() + within
    while (left := [pid for pid in pids if is_alive(pid)]) and monotonic() < deadline:
        sleep(0.02)
    return left


def die_with_parent(number: int) -> None:
    """Ask Linux for this signal when the thread that started us ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
