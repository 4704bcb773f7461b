"""Connections that are taken again: believed for a moment, and never when they have ended."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from pydantic import SecretStr

from services.search.accounts.walls import at_once, reading
from services.search.database import BELIEVED, Link, Pool, open_readers
from services.search.settings import DatabaseSettings

WHO = "SELECT pg_backend_pid()"


@pytest.fixture
def pool(database: str) -> Iterator[Pool]:
    with open_readers(DatabaseSettings(url=SecretStr(database), connections=2)) as readers:
        yield readers


def used(pool: Pool) -> tuple[Link, int]:
    with pool.connection() as db:
        row = db.execute(WHO).fetchone()
        assert isinstance(db, Link)
        assert row
        return db, int(row[0])


def test_a_connection_that_answered_just_now_is_believed(pool: Pool) -> None:
    link, _ = used(pool)
    assert link.believed
    link.answered -= BELIEVED
    assert not link.believed


def test_a_connection_that_the_server_ended_is_never_given_out(pool: Pool, database: str) -> None:
    with pool.connection() as one, pool.connection() as other:
        ended = [db.info.backend_pid for db in (one, other)]
    with psycopg.connect(database, autocommit=True) as admin:
        for pid in ended:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    time.sleep(0.05)  # what it says on the line has arrived
    assert used(pool)[1] not in ended
    assert used(pool)[1] not in ended


def test_what_is_asked_at_once_is_one_transaction_that_ends_with_it(pool: Pool) -> None:
    with pool.connection() as db:
        with at_once(db, "somebody"):
            first = db.execute("SELECT current_setting('imgcap.owner'), current_user, now()")
            second = db.execute("SELECT current_setting('imgcap.owner'), current_user, now()")
        seen = first.fetchone()
        assert seen == second.fetchone()
        assert seen is not None
        assert seen[:2] == ("somebody", "imgcap_gallery")
        assert db.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        after = db.execute("SELECT current_setting('imgcap.owner', true), current_user").fetchone()
        assert after is not None
        assert "somebody" not in after
        assert "imgcap_gallery" not in after


def test_a_snapshot_is_of_one_gallery_and_one_moment_and_ends(pool: Pool, database: str) -> None:
    seen = "SELECT current_setting('imgcap.owner'), current_user, now(), txid_current_snapshot()"
    with pool.connection() as db:
        with reading(db, "somebody"):
            first = db.execute(seen).fetchone()
            with psycopg.connect(database, autocommit=True) as other:
                other.execute("INSERT INTO tag (kind, text) VALUES ('label', 'meanwhile')")
            assert first == db.execute(seen).fetchone()
            assert first is not None
            assert first[:2] == ("somebody", "imgcap_gallery")
            assert db.execute("SELECT count(*) FROM tag").fetchone() == (0,)
        assert db.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert db.execute("SELECT count(*) FROM tag").fetchone() == (1,)


@pytest.mark.parametrize(
    "asked", ["INSERT INTO tag (kind, text) VALUES ('label', 'x')", "SELECT 1 / 0"]
)
def test_a_snapshot_that_fails_leaves_nothing_open(pool: Pool, asked: str) -> None:
    with pool.connection() as db:
        with pytest.raises(psycopg.Error), reading(db, "somebody"):
            db.execute(asked.encode()).fetchone()
        assert db.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert not db.autocommit
        assert db.execute("SELECT count(*) FROM tag").fetchone() == (0,)


def test_what_fails_at_once_leaves_the_connection_as_it_was(pool: Pool) -> None:
    with pool.connection() as db:
        with pytest.raises(psycopg.errors.DivisionByZero), at_once(db, "somebody"):
            db.execute("SELECT 1 / 0")
        assert not db.autocommit
        assert db.execute("SELECT 1").fetchone() == (1,)
