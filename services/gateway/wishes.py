"""What a request asks for its photos besides being kept; each request has its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Read far below the route, where a photo gets its row; the tasks of a form inherit it.
_local_only: ContextVar[bool] = ContextVar("local_only", default=False)


@contextmanager
def wishing(*, local_only: bool) -> Iterator[None]:
    token = _local_only.set(local_only)
    try:
        yield
    finally:
        _local_only.reset(token)


def wants_local_only() -> bool:
    return _local_only.get()
