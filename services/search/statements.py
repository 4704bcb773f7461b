"""Each statement as a span, named after its file: what was asked for is never told."""

from typing import Any, Self

from psycopg import Cursor

from services.common import tracing
from services.search.sql import SQL

NAMES = {statement: name for name, statement in SQL.items()}


class TracedCursor(Cursor[Any]):
    """What is in no file is the pool's own affair."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Self:
        name = NAMES.get(query) if isinstance(query, bytes) else None
        if name is None:
            return super().execute(query, params, **more)
        with tracing.child(f"sql {name}", kind="client", **{"db.system.name": "postgresql"}):
            return super().execute(query, params, **more)


def cursors() -> dict[str, Any]:
    """What a connection must be told; nothing while there are no traces."""
    return {"cursor_factory": TracedCursor} if tracing.on() else {}
