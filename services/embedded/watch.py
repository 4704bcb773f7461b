"""Our end of the watcher: it stops what we started if we cannot do it ourselves."""

import atexit
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

SCRIPT = Path(__file__).with_name("watcher.py")


class Watch:
    """A watcher process and the pipe that tells it whether we are alive."""

    def __init__(self, keep: Sequence[int] = ()) -> None:
        """``keep``: open files, such as a lock, that the watcher holds until all is down."""
        self._process = subprocess.Popen(
            [sys.executable, "-S", str(SCRIPT)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=keep,
            text=True,
        )

    def add(self, pid: int, *, tier: int, stops_on: int) -> None:
        """``pid`` leads a process group that must not outlive us."""
        self._tell(f"+ {pid} {tier} {stops_on}")

    def remove(self, pid: int) -> None:
        """``pid`` and its group are gone."""
        self._tell(f"- {pid}")

    def close(self) -> None:
        """Stop what is left, and the watcher."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


@cache
def watch() -> Watch:
    """One watcher for this whole process, started when it is first needed."""
    watch = Watch()
    atexit.register(watch.close)
    return watch
