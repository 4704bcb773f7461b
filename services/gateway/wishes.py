"""What a request asks for its photos besides being kept; each request has its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Wishes:
    """``together``: of how many photos in all this is one."""

    local_only: bool = False
    together: int = 0


NONE = Wishes()
#: Read far below the route, where a photo gets its row; the tasks of a form inherit it.
_wishes: ContextVar[Wishes] = ContextVar("wishes", default=NONE)


@contextmanager
def wishing(wishes: Wishes) -> Iterator[None]:
    token = _wishes.set(wishes)
    try:
        yield
    finally:
        _wishes.reset(token)


def wished() -> Wishes:
    return _wishes.get()
