"""HTTP by hand, for clients that no library would be."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit


class Line:
    """One connection to a server."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire

    def send(self, *parts: str | bytes) -> None:
        for part in parts:
            self.wire.sendall(part.encode() if isinstance(part, str) else part)

    def begin(self, method: str, path: str, *headers: str) -> None:
        """A whole header."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        self.send("\r\n".join(lines) + "\r\n\r\n")

    def answer(self) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of what comes until the server hangs up or has said it all."""
        head, _, body = self.until(b"\r\n\r\n").partition(b"\r\n\r\n")
        headers = dict(
            line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if line
        )
        while len(body) < int(headers.get("content-length", 0)):
            body += self.wire.recv(65536)
        return int(head.split()[1]), json.loads(body) if body else {}

    def until(self, mark: bytes, within: float = 10.0) -> bytes:
        """All that comes up to and with ``mark``."""
        read, deadline = b"", time.monotonic() + within
        while mark not in read:
            self.wire.settimeout(max(0.01, deadline - time.monotonic()))
            portion = self.wire.recv(65536)
            assert portion, f"hung up after {read!r}"
            read += portion
        return read

    def hung_up(self, within: float) -> float:
        """The seconds until the server hangs up."""
        began = time.monotonic()
        self.wire.settimeout(within)
        try:
            while self.wire.recv(65536):
                pass
        except ConnectionError:
            pass
        return time.monotonic() - began


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as wire:
        yield Line(wire)
