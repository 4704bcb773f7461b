"""Connections: a pool that answers in time or says that it cannot."""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolTimeout

from services.search.settings import DatabaseSettings
from services.search.statements import cursors

Db = Connection[Any]
Pool = ConnectionPool[Db]

#: All that says "the database is away", and nothing that says "the query is wrong".
AWAY = (psycopg.OperationalError, PoolTimeout)

#: Longer than any query of ours needs, shorter than the gateway's patience. Milliseconds.
STATEMENT_TIMEOUT = 2500


def open_pool(settings: DatabaseSettings) -> Pool:
    """Connects in the background: the service may start before its database."""
    return _pool(settings, settings.url.get_secret_value(), None)


def open_readers(settings: DatabaseSettings) -> Pool:
    """For searches: a replica if there is one, and one snapshot for all that an answer reads."""
    url = (settings.read_url or settings.url).get_secret_value()
    return _pool(settings, url, _read_only)


def _read_only(db: Db) -> None:
    db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    db.read_only = True


def _pool(settings: DatabaseSettings, url: str, configure: Callable[[Db], None] | None) -> Pool:
    return ConnectionPool(
        url,
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
            " -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
            # Filters differ from query to query: a plan for all of them fits none.
            " -c plan_cache_mode=force_custom_plan -c jit=off",
        },
        configure=configure,
        check=ConnectionPool.check_connection,
        reconnect_timeout=0,
        open=True,
    )


def answers(pool: Pool) -> bool:
    try:
        with pool.connection(timeout=1.0) as db:
            db.execute("SELECT 1")
    except AWAY:
        return False
    return True
