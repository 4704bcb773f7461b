"""What was found out lately: people turn pages and type the same words again."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

from services.search.understanding import Understood

MOST = 2000

Value = TypeVar("Value")


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


class Lately(Generic[Value]):
    """What stays true enough for some seconds. Safe to share by threads."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._known: dict[Hashable, tuple[Value, float]] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            value, until = self._known.get(key, (None, 0.0))
        return value if time.monotonic() < until else None

    def keep(self, key: Hashable, value: Value) -> None:
        with self._lock:
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[key] = value, time.monotonic() + self._seconds
