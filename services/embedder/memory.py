"""Vectors already made are remembered, and nobody asks for one that is on its way."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from services.embedder.providers import Embedder

Row = NDArray[np.float32]


class Memory:
    """The provider's vectors by text, the least recently used forgotten first.

    Threads that ask for equal texts at one time share one question; if it fails, it fails for
    all of them, and nothing is remembered.
    """

    def __init__(self, embedder: Embedder, most: int) -> None:
        self.embedder, self._most = embedder, most
        self._known: OrderedDict[str, Row] = OrderedDict()
        self._coming: dict[str, Future[Row]] = {}
        self._lock = Lock()

    def vectors(self, texts: Sequence[str]) -> dict[str, Row]:
        """Raises what the provider raises."""
        found, coming, ours = self._sort_out(dict.fromkeys(texts))
        if ours:
            found |= self._ask(list(ours), ours)
        return found | {text: row.result() for text, row in coming.items()}

    def known(self, texts: Iterable[str]) -> dict[str, Row]:
        with self._lock:
            return self._recall(texts)

    def learn(self, rows: dict[str, Row]) -> None:
        with self._lock:
            for text, row in rows.items():
                self._known[text] = row
                self._known.move_to_end(text)
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def _recall(self, texts: Iterable[str]) -> dict[str, Row]:
        found = {text: self._known[text] for text in texts if text in self._known}
        for text in found:
            self._known.move_to_end(text)
        return found

    def _sort_out(
        self, texts: Iterable[str]
    ) -> tuple[dict[str, Row], dict[str, Future[Row]], dict[str, Future[Row]]]:
        """What is known, what another thread is asking for, and what is ours to ask for."""
        with self._lock:
            found = self._recall(texts)
            coming = {text: self._coming[text] for text in texts if text in self._coming}
            ours: dict[str, Future[Row]] = {
                text: Future() for text in texts if text not in found and text not in coming
            }
            self._coming |= ours
        return found, coming, ours

    def _ask(self, texts: list[str], waiting: dict[str, Future[Row]]) -> dict[str, Row]:
        try:
            rows = dict(zip(texts, self.embedder.embed(texts), strict=True))
            self.learn(rows)
        except BaseException as error:
            self._settle(texts)
            for future in waiting.values():
                future.set_exception(error)
            raise
        self._settle(texts)
        for text, future in waiting.items():
            future.set_result(rows[text])
        return rows

    def _settle(self, texts: list[str]) -> None:
        with self._lock:
            for text in texts:
                del self._coming[text]
