"""What an operator looks at: all galleries' photos, money and queues, never more often than pays.

Every replica tells the same, for the facts are the database's: dashboards take the largest.
"""

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from psycopg.rows import class_row, dict_row

from services.common.events import Status
from services.common.money import Budget, ProviderHealth
from services.search import budget
from services.search.database import AWAY, Db, Pool
from services.search.settings import BudgetSettings
from services.search.sql import SQL

#: Seconds that a look counts, and how many times as long as it took: counting millions is work.
FRESH, WORTH = 5.0, 20.0


@dataclass(frozen=True)
class Sight:
    photos: dict[Status, int]
    oldest_unfinished_seconds: float
    due: int
    doomed: int
    budgets: list[Budget]
    providers: list[ProviderHealth]


@dataclass
class Overview:
    """Safe to share by threads; one of them looks, the others take what was seen last."""

    pool: Pool
    caps: BudgetSettings
    _seen: Sight | None = None
    _until: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def latest(self) -> Sight | None:
        """None while the database is away."""
        if time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._seen

    def _look(self) -> None:
        began = time.monotonic()
        try:
            with self.pool.connection() as db:
                self._seen = look(db, self.caps)
        except AWAY:
            self._seen = None
        ended = time.monotonic()
        self._until = ended + max(FRESH, WORTH * (ended - began))


def look(db: Db, caps: BudgetSettings) -> Sight:
    with db.cursor(row_factory=dict_row) as rows:
        row: dict[str, Any] = rows.execute(SQL["overview"]).fetchone() or {}
    return Sight(budgets=budget.budgets(db, caps), providers=budget.providers(db), **row)


@dataclass(frozen=True)
class Versions:
    postgresql: str
    pgvector: str
    schema: str


def versions(db: Db) -> Versions:
    with db.cursor(row_factory=class_row(Versions)) as rows:
        found = rows.execute(SQL["versions"]).fetchone()
    assert found
    return found
