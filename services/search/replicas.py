"""Reads that see all that was acknowledged before they began, from a replica where one keeps up.

Before a read the primary is asked how far its log goes, and the replica must have come as far.
Whoever wrote, through whichever process, reads their own write, and a deleted photo is gone from
every answer at once. A replica that lags or is away costs a moment, and the primary answers.
"""

import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Protocol

import structlog
from prometheus_client import Counter

from services.search.database import (
    AWAY,
    STATEMENT_TIMEOUT,
    Db,
    Pool,
    open_readers,
    open_replicas,
    patience,
)
from services.search.settings import DatabaseSettings
from services.search.sql import SQL

log = structlog.get_logger(__name__)

READS = Counter("imgcap_reads", "Answers read, by whose copy they were read from.", ["copy"])

#: Seconds that a replica may take to catch up; it is usually a few thousandths behind.
CATCH_UP = 0.05
#: Seconds for a connection, where somebody else can answer.
PATIENCE = 0.3
#: Seconds until somebody who did not answer is asked again; at random, so that not all ask at once.
REST = (1.0, 2.0)
#: Seconds for a query of an answer: a little more than the server gives it.
QUERY = STATEMENT_TIMEOUT / 1000 + 0.5


class Reads(Protocol):
    def connection(self) -> AbstractContextManager[Db]: ...


@dataclass
class Resting:
    """Who did not answer is left alone for a while."""

    until: float = 0.0

    def __bool__(self) -> bool:
        return monotonic() < self.until

    def begin(self) -> None:
        self.until = monotonic() + random.uniform(*REST)


@dataclass
class Readers:
    """``alone``: replicas are synchronous, so that they may answer while the primary is away."""

    primary: Pool
    replicas: Pool | None = None
    alone: bool = False

    _replicas_rest: Resting = field(default_factory=Resting, init=False)
    _primary_rests: Resting = field(default_factory=Resting, init=False)

    def close(self) -> None:
        self.primary.close()
        if self.replicas:
            self.replicas.close()

    @classmethod
    def of(cls, settings: DatabaseSettings) -> "Readers":
        return cls(open_readers(settings), open_replicas(settings), settings.read_alone)

    @contextmanager
    def connection(self) -> Iterator[Db]:
        """Raises one of ``AWAY``."""
        with ExitStack() as stack:
            db = self._fresh_replica(stack)
            READS.labels("replica" if db else "primary").inc()
            yield db or stack.enter_context(self.primary.connection())

    def _fresh_replica(self, stack: ExitStack) -> Db | None:
        if self.replicas is None or self._replicas_rest:
            return None
        place = self._acknowledged()
        with ExitStack() as taken:
            try:
                db = taken.enter_context(self.replicas.connection(timeout=PATIENCE))
                fresh = has_come_to(db, place)
            except AWAY as error:
                self._replicas_rest.begin()
                log.warning("the replica does not answer", error=repr(error))
                return None
            if not fresh:
                return None
            stack.push(taken.pop_all())
        stack.enter_context(patience(db, QUERY))
        return db

    def _acknowledged(self) -> str | None:
        """How far the primary's log goes; None while a replica may answer for it."""
        if self.alone and self._primary_rests:
            return None
        try:
            with self.primary.connection(timeout=PATIENCE if self.alone else None) as db:
                return _ask(db, "log_of_primary")
        except AWAY:
            if not self.alone:
                raise
            self._primary_rests.begin()
            return None


def has_come_to(db: Db, place: str | None) -> bool:
    """Whether a replica shows the log up to ``place``, or all that it ever got, in a moment.

    The primary itself, asked as a replica, shows everything.
    """
    deadline, pause = monotonic() + CATCH_UP, 0.0005
    while _ask(db, "replica_lags", place) != "no":
        if monotonic() > deadline:
            return False
        sleep(pause)
        pause = min(2 * pause, 0.01)
    return True


def _ask(db: Db, query: str, place: str | None = None) -> str:
    """Outside of any transaction: within one, what is asked would be its snapshot."""
    db.autocommit = True
    row = db.execute(SQL[query], {"place": place}).fetchone()
    db.autocommit = False
    return str(row[0]) if row else ""
