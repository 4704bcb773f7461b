"""One readable log of many processes: a name before each line, in colour on a terminal."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO

WIDTH = 9
COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "broker": "33",
        "database": "34",
        "store": "35",
        "search": "36",
        "tagger": "32",
        "embedder": "92",
        "gateway": "94",
        "imgcap": "1",
    }
)


class Journal:
    """Writes for a person; what a neighbour says beside that is kept in a file."""

    def __init__(self, stream: IO[str] = sys.stdout, folder: Path | None = None) -> None:
        self._stream, self._folder = stream, folder
        self._colour = stream.isatty()
        self._files: dict[str, IO[str]] = {}

    def say(self, text: str) -> None:
        """The supervisor's own word."""
        self.write("imgcap", text)

    def write(self, name: str, line: str) -> None:
        prefix = f"{name:{WIDTH}}|"
        if self._colour:
            prefix = f"\x1b[{COLOURS.get(name.rstrip('0123456789'), '37')}m{prefix}\x1b[0m"
        # The terminal may be gone; that must not keep us from stopping in order.
        with suppress(OSError, ValueError):
            self._stream.write(f"{prefix} {line}\n")
            self._stream.flush()

    def keep(self, name: str, line: str) -> None:
        """A line for the file of this run, in case something must be looked up."""
        if not self._folder:
            return
        if name not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._folder / f"{name}.log"
            file.unlink(missing_ok=True)
            self._files[name] = file.open("w", encoding="utf-8")
        with suppress(OSError):
            self._files[name].write(line + "\n")
            self._files[name].flush()

    def close(self) -> None:
        for file in self._files.values():
            file.close()
