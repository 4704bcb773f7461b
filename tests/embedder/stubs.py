"""Providers for the embedder's tests."""

import hashlib
import json
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from tests.tagger.stubs import ModelStub, answer

MODEL, DIMENSIONS = "letters", 8


def place(text: str) -> list[float]:
    """Somewhere of its own for each text."""
    return [byte / 255 + 0.1 for byte in hashlib.sha256(text.encode()).digest()[:DIMENSIONS]]


class Letters:
    """Makes vectors of letters, counts what it is asked, and fails when told to."""

    model, dimensions = MODEL, DIMENSIONS

    def __init__(self, *, paid: bool = False) -> None:
        self.paid = paid
        self.asked: list[str] = []
        self.fails: list[Exception] = []
        self._lock = Lock()

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        with self._lock:
            self.asked += texts
            if self.fails:
                raise self.fails.pop(0)
        rows = np.array([place(text) for text in texts], dtype=np.float32)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


class LettersServer(ModelStub):
    """The same by HTTP, as a model server answers."""

    def __init__(self) -> None:
        super().__init__(answer({}))

    @property
    def texts(self) -> list[list[str]]:
        return [json.loads(body)["texts"] for body in self.bodies]

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        self.bodies.append(body)
        vectors = [place(text) for text in json.loads(body)["texts"]]
        answer({"model": MODEL, "dimensions": DIMENSIONS, "vectors": vectors})(request)
