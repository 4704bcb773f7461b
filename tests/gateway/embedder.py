"""An embedder for the real search to ask."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from services.common.vectors import to_wire
from tests.search.photos import MODEL, place


class ByHand(BaseHTTPRequestHandler):
    """An embedder whose vectors can be checked by hand."""

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["texts"]
        vectors = [to_wire(place(text)) for text in texts]
        body = json.dumps({"model": MODEL, "dimensions": 8, "vectors": vectors}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """It is no news."""


@contextmanager
def embedder() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), ByHand) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
