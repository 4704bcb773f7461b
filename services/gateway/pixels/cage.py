"""What a child may have, so that a photo that takes it over or blows it up hurts nobody else."""

import contextlib
import ctypes
import math
import os
import resource
import signal
from collections.abc import Mapping
from pathlib import Path

from services.gateway.pixels.limits import OPEN_FILES

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
# An allow-list, not a deny-list: a key that somebody invents tomorrow is not in it either.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")
ROOT = Path(__file__).parents[3]
#: More than the kernel tells of a process.
PAGE = 8192


def environment(outside: Mapping[str, str]) -> dict[str, str]:
    """The child's whole environment."""
    kept = {name: outside[name] for name in PASSED_ON if name in outside}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "PYTHONNOUSERSITE": "1",
        # Pictures go back to the system when they are freed, and one arena is enough for us.
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": str(2**20),
        "MALLOC_TRIM_THRESHOLD_": str(2**22),
    }


def die_with(parent: int) -> None:
    """No child outlives its gateway, however that ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:  # it had ended before we asked
        os._exit(1)


def shut(memory_bytes: int) -> None:
    """Set the limits that hold for the child's whole life. Everything needed is loaded by now."""
    space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for limit, most in (
        (resource.RLIMIT_AS, space + memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(limit, most)


def _lower(limit: int, most: int) -> None:
    _, hard = resource.getrlimit(limit)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (most, most))


def renew_cpu(seconds: float) -> None:
    """This many seconds from now, then the kernel ends the child (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


class Peak:
    """The peak of this process's resident memory. Opened early: a sealed child opens nothing."""

    def __init__(self) -> None:
        self._status = os.open("/proc/self/status", os.O_RDONLY)
        self._forgetting: int | None = None
        with contextlib.suppress(OSError):  # some kernels do not let it be forgotten
            self._forgetting = os.open("/proc/self/clear_refs", os.O_WRONLY)

    def forget(self) -> None:
        if self._forgetting is not None:
            with contextlib.suppress(OSError):
                os.write(self._forgetting, b"5")

    @property
    def bytes(self) -> int:
        """Not ``ru_maxrss``: that one is inherited from the parent."""
        for line in os.pread(self._status, PAGE, 0).splitlines():
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
        return 0
