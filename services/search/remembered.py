"""Queries that were understood lately: people turn pages and type the same words again."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from services.search.understanding import Understood

MOST = 2000


class Remembered:
    """By the text, the day and the words known then: what was understood does not change."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Understood] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Understood | None:
        with self._lock:
            if (known := self._known.get(key)) is not None:
                self._known.move_to_end(key)
            return known

    def keep(self, key: Hashable, asked: Understood) -> None:
        with self._lock:
            self._known[key] = asked
            while len(self._known) > MOST:
                self._known.popitem(last=False)
