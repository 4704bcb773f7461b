"""A model server on loopback: quick, countable, and as faulty as it is told to be.

It speaks what the ``http`` providers of tagger and embedder speak, over a real socket.
"""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import monotonic, sleep

MODEL, DIMENSIONS = "letters-26", 26


@dataclass
class Ledger:
    """What was asked, by the SHA-256 of the photo, and what it got."""

    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    #: When each request began and when its answer was out; None while it is on its way.
    windows: list[list[float]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def open_windows(self, since: float) -> int:
        """Requests under way now, or answered after ``since``: a crash now may lose them."""
        with self.lock:
            return sum(len(window) == 1 or window[1] >= since for window in self.windows)


class Provider:
    """``faulty``: the share of photos' requests that end badly, in one of five ways."""

    def __init__(self, *, faulty: float = 0.0, seconds: float = 0.0, seed: int = 1) -> None:
        self.faulty, self.seconds = faulty, seconds
        self.random = random.Random(seed)
        self.ledger = Ledger()
        self.texts = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.url)

    def look(self, photo: bytes) -> tuple[int, bytes]:
        """An answer that depends on the photo alone, or a fault."""
        name = hashlib.sha256(photo).hexdigest()
        ledger = self.ledger
        window = [monotonic()]
        with ledger.lock:
            ledger.asked[name] += 1
            ledger.windows.append(window)
            fault = self.random.random() < self.faulty
            kind = self.random.randrange(4)
            ledger.faults += fault
        sleep(self.seconds)
        with ledger.lock:
            window.append(monotonic())
            if not fault:
                ledger.answered[name] += 1
        if fault:
            return _fault(kind)
        word = f"animal {int(name[:2], 16) % 16}"
        tags = [
            {"kind": "label", "text": word, "confidence": 0.9},
            {"kind": "mood", "text": "calm", "confidence": 0.6},
        ]
        return 200, json.dumps({"tags": tags, "caption": "", "cost": 0.001}).encode()

    def embed(self, texts: Sequence[str]) -> bytes:
        self.texts += len(texts)
        answer = {"model": MODEL, "dimensions": DIMENSIONS, "vectors": [*map(letters, texts)]}
        return json.dumps(answer).encode()

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body go out together: apart, the second waits 40 ms for the first's receipt.
            wbufsize = -1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/look":
                    status, answer = provider.look(body)
                else:
                    status, answer = 200, provider.embed(json.loads(body)["texts"])
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Thousands of calls are not news."""

        return Handler

    @contextmanager
    def serving(self) -> Iterator["Provider"]:
        Thread(target=self._server.serve_forever, name="provider", daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def environment(url: str) -> dict[str, str]:
    """What tagger and embedder must be told to ask a server at ``url``."""
    return {
        "IMGCAP_TAGGER": "http",
        "IMGCAP_TAGGER_URL": f"{url}/look",
        "IMGCAP_TAGGER_MODEL": "loopback-1",
        "IMGCAP_GEOMETRY": "false",
        "IMGCAP_EMBEDDER": "http",
        "IMGCAP_EMBEDDING_URL": f"{url}/embed",
        "IMGCAP_EMBEDDING_MODEL": MODEL,
        "IMGCAP_EMBEDDING_DIMENSIONS": str(DIMENSIONS),
    }


def _fault(kind: int) -> tuple[int, bytes]:
    return [
        (429, b"{}"),
        (500, b"oops"),
        (503, b"{}"),
        (200, b'{"tags": [{"kind": "label"'),
    ][kind]


def letters(text: str) -> list[float]:
    """How often each letter comes: near words are near, and nobody needs a model."""
    counts = [float(text.lower().count(chr(97 + n))) for n in range(DIMENSIONS)]
    return counts if any(counts) else [1.0] * DIMENSIONS
