"""Health and metrics for processes that have no API of their own: /healthz, /readyz, /metrics.

``python -m services.common.probes readyz [PORT]`` asks, for compose health-checks.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Protocol, Self
from urllib.error import URLError
from urllib.request import urlopen

from prometheus_client import generate_latest


class Patient(Protocol):
    @property
    def alive(self) -> bool: ...
    @property
    def ready(self) -> bool: ...


class Probes:
    """Answers on its own thread while the patient works."""

    def __init__(self, host: str, port: int, patient: Patient) -> None:
        class Answer(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                if self.path == "/metrics":
                    return self._answer(200, generate_latest())
                healthy = {"/healthz": patient.alive, "/readyz": patient.ready}.get(self.path)
                self._answer(404 if healthy is None else 200 if healthy else 503, b"")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
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


def main() -> None:
    probe = sys.argv[1] if len(sys.argv) > 1 else "readyz"
    port = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("IMGCAP_PORT", "9000")
    try:
        urlopen(f"http://127.0.0.1:{int(port)}/{probe}", timeout=2).close()
    except (URLError, OSError) as error:
        sys.exit(f"{probe}: {error}")


if __name__ == "__main__":
    main()
