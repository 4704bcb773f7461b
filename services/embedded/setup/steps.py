"""Steps of the set-up: each says what it does, how far it is, and how long it took."""

import hashlib
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

LAST_LINES = 30
#: Where nobody watches, a line every so many seconds shows that it goes on.
REMINDER = 15.0


class Failed(Exception):
    """A step that cannot go on, with the sentence that a person needs."""


class Progress:
    """One line: rewritten on a terminal, repeated now and then elsewhere."""

    def __init__(self, title: str) -> None:
        self.title, self.began = title, monotonic()
        self.terminal = sys.stdout.isatty()
        self._spoke = self.began
        self._open = False
        self.show("")

    def show(self, text: str) -> None:
        line = f"{self.title} {text}".rstrip()
        if self.terminal:
            self._write(f"\r\x1b[K  … {line[:90]}")
            self._open = True
        elif not text or monotonic() - self._spoke > REMINDER:
            self._spoke = monotonic()
            self._write(f"  … {line}\n")

    def end(self, text: str = "") -> None:
        seconds = monotonic() - self.began
        start = "\r\x1b[K" if self._open else ""
        self._write(f"{start}  ✓ {self.title}{f': {text}' if text else ''} ({seconds:.1f} s)\n")

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[Progress]:
    progress = Progress(title)
    yield progress
    progress.end()


def run(
    argv: Sequence[object],
    hear: Callable[[str], None] = lambda _: None,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run quietly: ``hear`` gets every line, a person only the last ones, and only if it fails."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    with subprocess.Popen(
        list(map(str, argv)),
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout
        for line in process.stdout:
            last.append(line.rstrip())
            hear(line.rstrip())
    if process.returncode:
        lines = "\n".join(f"    {line}" for line in last)
        raise Failed(f"{Path(str(argv[0])).name} failed with status {process.returncode}:\n{lines}")


def fingerprint(*files: Path) -> str:
    """One word that changes when any of the files does."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def sources(folder: Path, without: Iterable[str]) -> list[Path]:
    """All files below a folder, in a stable order, without the named folders."""
    skipped, found = set(without), []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - skipped)
        found += [Path(parent, name) for name in sorted(files)]
    return found


class Stamp:
    """Remembers for which input a step was last done."""

    def __init__(self, file: Path, value: str) -> None:
        self.file, self.value = file, value

    @property
    def current(self) -> bool:
        return self.file.exists() and self.file.read_text() == self.value

    def set(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.value)
