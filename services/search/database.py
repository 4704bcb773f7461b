"""Connections: pools that answer in time or say that they cannot, and find the primary again.

A URL may name several hosts (``host=a,b`` or ``//u:p@a:1,b:2/db``): whoever takes writes is the
primary, and after a failover the next connection goes to the new one. A pool never gives up:
every request that finds no connection makes one attempt, one at a time for the whole pool, and
the sweeper asks again every round, the consumer after growing pauses of random length.
"""

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.abc import RV, PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from services.search.settings import DatabaseSettings
from services.search.statements import cursors

Db = Connection[Any]
Pool = ConnectionPool[Db]

#: All that says "the database is away", and nothing that says "the query is wrong".
AWAY = (psycopg.OperationalError, PoolTimeout, psycopg.errors.ReadOnlySqlTransaction)

#: Longer than any query of ours needs, shorter than the gateway's patience. Milliseconds.
STATEMENT_TIMEOUT = 2500
#: Filters differ from search to search: a plan for all of them fits none. The record's statements
#: name one row by its key, whichever it is, so the server may keep their plans.
FOR_EACH_QUERY = "-c plan_cache_mode=force_custom_plan"
#: Seconds for which a connection that answered needs no asking again: a server that ends one, or
#: goes, says so on the line.
BELIEVED = 1.0


class Link(Connection[Any]):
    """A connection that a server can neither hold for ever nor be held up by.

    ``statement_timeout`` is the server's word: one that stands still (its disk, its machine) does
    not keep it, and its kernel goes on saying that all is well. ``patience`` in seconds, or None.
    """

    patience: float | None = 6.0
    answered: float = float("-inf")

    @property
    def believed(self) -> bool:
        return monotonic() - self.answered < BELIEVED and not self._is_told_something()

    def _is_told_something(self) -> bool:
        """Nobody asked anything: it is the end of the line, or that the server leaves."""
        line = select.poll()
        line.register(self.fileno(), select.POLLIN)
        return bool(line.poll(0))

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.info.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.close()  # nobody knows when it would have answered
            raise


@contextmanager
def patience(db: Db, seconds: float | None) -> Iterator[None]:
    """Another patience for a while; connections that are not ours have none anyway."""
    if not isinstance(db, Link):
        yield
        return
    before, db.patience = db.patience, seconds
    try:
        yield
    finally:
        db.patience = before


class ReplicaLink(Link):
    """For small questions, until a replica has shown that it is worth more."""

    patience = 0.3


def open_pool(settings: DatabaseSettings) -> Pool:
    """Connects in the background: the service may start before its database."""
    return _pool(settings, settings.url.get_secret_value(), "read-write", None, plans="")


def open_readers(settings: DatabaseSettings) -> Pool:
    """For searches on the primary: one snapshot for all that an answer reads."""
    return _pool(settings, settings.url.get_secret_value(), "read-write", _read_only)


def open_replicas(settings: DatabaseSettings) -> Pool | None:
    """The same on whatever the read URL names, a standby before a primary."""
    if settings.read_url is None:
        return None
    url = settings.read_url.get_secret_value()
    return _pool(settings, url, "prefer-standby", _read_only, ReplicaLink)


def _read_only(db: Db) -> None:
    """Planned at the first use, not at five: a search is planned for 20 to 50 ms."""
    db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    db.read_only = True
    db.prepare_threshold = 0


def _check(db: Db) -> None:
    """The pool's own would leave a prepared statement each time. Raises one of ``AWAY``."""
    if isinstance(db, Link) and db.believed:
        return
    db.autocommit = True
    try:
        db.execute("", prepare=False)
    finally:
        with suppress(psycopg.Error):
            db.autocommit = False
    if isinstance(db, Link):
        db.answered = monotonic()


def _pool(
    settings: DatabaseSettings,
    url: str,
    wanted: str,
    configure: Callable[[Db], None] | None,
    link: type[Link] = Link,
    plans: str = FOR_EACH_QUERY,
) -> Pool:
    return ConnectionPool(
        _whom(url, wanted),
        connection_class=link,
        min_size=2,
        max_size=settings.connections,
        timeout=2.0,
        kwargs={
            **cursors(),
            "connect_timeout": 2,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 5000,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout=2000"
            f" -c idle_in_transaction_session_timeout=30000 -c timezone=UTC -c jit=off {plans}",
        },
        configure=configure,
        check=_check,
        reconnect_timeout=0,
        open=True,
    )


def _whom(url: str, wanted: str) -> str:
    """What the URL does not say itself: which of its hosts to take, and in which order."""
    said = conninfo_to_dict(url)
    if "," not in f"{said.get('host', '')}{said.get('hostaddr', '')}":
        return url
    return make_conninfo(
        url,
        target_session_attrs=said.get("target_session_attrs", wanted),
        load_balance_hosts=said.get("load_balance_hosts", "random"),
    )


def answers(pool: Pool) -> bool:
    try:
        with pool.connection(timeout=1.0) as db:
            db.execute("SELECT 1")
    except AWAY:
        return False
    return True
