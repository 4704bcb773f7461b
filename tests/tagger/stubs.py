"""Loopback servers for the workers' tests: a model server with faults, and a search."""

import json
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from select import select
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from threading import Lock, Thread
from typing import Any
from uuid import UUID

from services.common.blobs import Keys
from services.common.lifecycle import PhotoState

Reply = Callable[[BaseHTTPRequestHandler], None]


class Server(ABC):
    """A loopback server; what it answers is up to ``reply``, which may come before the body."""

    reads = True

    def __init__(self) -> None:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # headers and body in one packet, else the client waits 40 ms for them

            def do_GET(self) -> None:
                stub.reply(self, b"")

            def do_HEAD(self) -> None:
                stub.reply(self, b"")

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"]) if stub.reads else 0
                stub.reply(self, self.rfile.read(length))

            def do_DELETE(self) -> None:
                stub.reply(self, b"")

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @abstractmethod
    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        """Answer one request."""

    @contextmanager
    def running(self) -> Iterator[Any]:
        thread = Thread(target=self._server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()
        thread.join()


def answer(body: Any, status: int = 200, **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return reply


def drip(request: BaseHTTPRequestHandler) -> None:
    """One byte now and then, for ever: no read ever times out."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    try:
        while True:
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.05)
    except OSError:
        request.close_connection = True


#: A server that hangs does so for this long, or until its client is gone, in seconds.
HANGING = 20.0


def hang(request: BaseHTTPRequestHandler) -> None:
    select([request.connection], [], [], HANGING)
    request.close_connection = True


def hang_up(request: BaseHTTPRequestHandler) -> None:
    """Half an answer, then a reset."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(b'{"tags": [')
    request.wfile.flush()
    request.connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    request.close_connection = True


class ModelStub(Server):
    """Answers what it is told to, first once each of ``first``, then always ``then``."""

    def __init__(self, then: Reply, *first: Reply) -> None:
        super().__init__()
        self.then, self.first = then, deque(first)
        self.bodies: list[bytes] = []
        self.keys: list[str | None] = []
        self._lock = Lock()

    @property
    def calls(self) -> int:
        return len(self.bodies)

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        with self._lock:
            self.bodies.append(body)
            self.keys.append(request.headers["Authorization"])
            reply = self.first.popleft() if self.first else self.then
        reply(request)


class RecordStub(Server):
    """Search's answer to a worker's question, as often as it is asked."""

    def __init__(self, photo_id: UUID, generation: int = 1) -> None:
        super().__init__()
        self.photo_id, self.away, self.asked = photo_id, False, 0
        self.state: PhotoState | None = state_of(photo_id, generation)

    def reply(self, request: BaseHTTPRequestHandler, _: bytes, /) -> None:
        self.asked += 1
        if self.away:
            return answer(b"bad gateway", 502)(request)
        if self.state is None or f"/{self.photo_id}/state?owner=local" not in request.path:
            return answer({"code": "no-such-photo", "status": 404}, 404)(request)
        return answer(self.state.model_dump_json().encode())(request)


def state_of(photo_id: UUID, generation: int = 1, blob_generation: int = 1) -> PhotoState:
    return PhotoState(
        status="queued",
        generation=generation,
        blob_generation=blob_generation,
        blob_prefix=Keys.of(photo_id, blob_generation).prefix,
        filename="dog.jpg",
        content_type="image/jpeg",
        sha256="0" * 64,
    )
