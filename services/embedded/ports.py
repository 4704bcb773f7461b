"""Free ports, kept between starts so that addresses and logs stay the same."""

import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

from services.embedded.errors import CannotStart

LOOPBACK = "127.0.0.1"
#: Below what kernels hand to outgoing connections (from 32768 on), also with 10 000 added.
RANGE = range(15_000, 22_000)
TRIES = 200


class Ports:
    """Remembers in a file which part listens where."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def take(self, name: str, *, also: Iterable[int] = ()) -> int:
        """The port of ``name``: the last one if it is free, else another; ``also``: offsets."""
        offsets = [0, *also]
        port = self._known.get(name)
        if port is None or not all(is_free(port + offset) for offset in offsets):
            port = self._free(offsets)
            self._known[name] = port
            self._save()
        return port

    def _free(self, offsets: list[int]) -> int:
        for port in random.sample(RANGE, TRIES):
            if port not in self._known.values() and all(is_free(port + more) for more in offsets):
                return port
        raise CannotStart(f"found no free port between {RANGE.start} and {RANGE.stop}")

    def _save(self) -> None:
        draft = self.file.with_suffix(".new")
        draft.write_text(json.dumps(self._known, indent=2, sort_keys=True) + "\n")
        draft.replace(self.file)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """True when a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(1)
        except OSError:
            return False
    return True


def is_open(port: int, host: str = LOOPBACK) -> bool:
    """True when somebody listens there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def public_port(host: str, wanted: int) -> int:
    """The door that people use: the wanted port, else the next free one."""
    for port in range(wanted, min(wanted + 100, 65_536)):
        if is_free(port, host):
            return port
    raise CannotStart(f"ports {wanted} to {wanted + 99} of {host} are all taken")
