"""Health and metrics for processes that have no API of their own: /healthz, /readyz, /metrics.

One that can be asked something all the same brings what answers a POST.
"""

from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Protocol, Self

from prometheus_client import generate_latest

METRICS = "text/plain; version=0.0.4; charset=utf-8"
#: Status, content type, body.
Reply = tuple[int, str, bytes]


class Asked(Protocol):
    """Answers POSTs; takes of the body what it wants."""

    def __call__(
        self,
        path: str,
        headers: Iterable[tuple[bytes, bytes]],
        length: int,
        read: Callable[[int], bytes],
        /,
    ) -> Reply: ...


class Patient(Protocol):
    @property
    def alive(self) -> bool: ...
    @property
    def ready(self) -> bool: ...


class Probes:
    """Answers on its own thread while the patient works."""

    def __init__(self, host: str, port: int, patient: Patient, asked: Asked | None = None) -> None:
        class Answer(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                if self.path == "/metrics":
                    return self._answer(200, generate_latest())
                healthy = {"/healthz": patient.alive, "/readyz": patient.ready}.get(self.path)
                self._answer(404 if healthy is None else 200 if healthy else 503, b"")

            def do_POST(self) -> None:
                self.close_connection = True
                if asked is None:
                    return self._answer(404, b"")
                length = self.headers.get("Content-Length", "")
                headers = ((k.encode(), v.encode()) for k, v in self.headers.items())
                number = int(length) if length.isdecimal() else 0
                status, kind, body = asked(self.path, headers, number, self.rfile.read)
                self._answer(status, body, kind)

            def _answer(self, status: int, body: bytes, kind: str = METRICS) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Probes come every few seconds; they are not news."""

        self._server = ThreadingHTTPServer((host, port), Answer)
        self._server.daemon_threads = True
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, name="probes", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
