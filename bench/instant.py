"""Providers that answer at once, as the ``http`` ones speak: what is left is the pipeline itself.

A process of its own that costs next to nothing; Python's own HTTP server would take more of the
two cores than what is to be measured, and holds every answer back for the receipt of its head.
``python -m bench.instant PORT``
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from services.embedded.ports import LOOPBACK, Ports
from tests.system.provider import DIMENSIONS, MODEL, environment, letters

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
END = b"\r\n\r\n"


class Instant(asyncio.Protocol):
    """Tags or vectors for each request of a connection, one after the other."""

    def __init__(self) -> None:
        self._come = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, portion: bytes) -> None:
        self._come += portion
        while (head := self._come.find(END)) >= 0:
            length = LENGTH.search(self._come, 0, head + 2)
            whole = head + len(END) + (int(length[1]) if length else 0)
            if len(self._come) < whole:
                return
            body = bytes(self._come[head + len(END) : whole])
            answer = look(body) if self._come.startswith(b"POST /look") else embed(body)
            del self._come[:whole]
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(answer), answer)
            )


def look(photo: bytes) -> bytes:
    word = f"animal {blake2b(photo, digest_size=1).digest()[0] % 16}"
    tags = [
        {"kind": "label", "text": word, "confidence": 0.9},
        {"kind": "mood", "text": "calm", "confidence": 0.6},
    ]
    return json.dumps({"tags": tags, "caption": "", "cost": 0.001}).encode()


def embed(body: bytes) -> bytes:
    vectors = [letters(text) for text in json.loads(body)["texts"]]
    return json.dumps({"model": MODEL, "dimensions": DIMENSIONS, "vectors": vectors}).encode()


@contextmanager
def instant_provider(ports: Ports) -> Iterator[tuple[dict[str, str], int]]:
    """What services must be told to use it, and its pid."""
    port = ports.take("instant")
    process = subprocess.Popen([sys.executable, "-m", "bench.instant", str(port)])
    try:
        yield environment(f"http://{LOOPBACK}:{port}"), process.pid
    finally:
        process.terminate()
        process.wait()


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Instant, LOOPBACK, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
