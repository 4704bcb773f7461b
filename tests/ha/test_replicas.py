"""A replica answers searches, and never shows less than its primary has acknowledged."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import monotonic, sleep

import psycopg
import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from services.search.database import AWAY, Db, Link, open_pool
from services.search.record import doom_photo
from services.search.replicas import Readers
from services.search.settings import DatabaseSettings
from tests.ha.databases import Pair, pair
from tests.search.photos import OWNER, ready, tag

#: Pools fill themselves beside us.
SOON = 5.0


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("pair")) as own:
        yield own


@pytest.fixture
def reading(servers: Pair) -> Iterator[Callable[..., Readers]]:
    with ExitStack() as stack:

        def make(*, alone: bool = False) -> Readers:
            urls = SecretStr(servers.url), SecretStr(servers.replica_url)
            settings = DatabaseSettings(url=urls[0], read_url=urls[1], read_alone=alone)
            readers = Readers.of(settings)
            stack.callback(readers.close)
            eventually(lambda: "replica" in read(readers))
            return readers

        yield make


@pytest.fixture
def writing(servers: Pair) -> Iterator[Db]:
    with psycopg.connect(servers.url_for_writing) as db:
        yield db


def read(readers: Readers, statement: str = "SELECT 1") -> str:
    """What an answer says, and whose copy said it."""
    before = counted("replica")
    with readers.connection() as db:
        row = db.execute(statement.encode()).fetchone()
    assert row
    return f"{row[0]} from the {'replica' if counted('replica') > before else 'primary'}"


def counted(copy: str) -> float:
    return REGISTRY.get_sample_value("imgcap_reads_total", {"copy": copy}) or 0.0


def eventually(true: Callable[[], bool]) -> None:
    deadline = monotonic() + SOON
    while not true():
        assert monotonic() < deadline
        sleep(0.02)


PHOTOS = "SELECT count(*) FROM photo WHERE status = 'ready'"


def test_what_was_just_written_is_read_from_the_replica(
    reading: Callable[..., Readers], writing: Db
) -> None:
    readers = reading()
    found = []
    for number in range(30):
        ready(writing, f"written {number}", tag("cat"))
        writing.commit()
        found.append(read(readers, PHOTOS).split(" from the "))
    counts = [int(count) for count, _ in found]
    assert counts == list(range(counts[0], counts[0] + 30))
    assert sum(copy == "replica" for _, copy in found) > 15


def test_a_deleted_photo_is_not_shown_by_a_replica_that_lags(
    reading: Callable[..., Readers], writing: Db, servers: Pair
) -> None:
    readers = reading()
    gone = ready(writing, "deleted", tag("cat"))
    writing.commit()
    shown = f"SELECT count(*) FROM photo WHERE photo_id = '{gone}' AND status = 'ready'"
    assert read(readers, shown) == "1 from the replica"

    servers.hold_back()
    try:
        doom_photo(writing, gone, OWNER)
        writing.commit()
        with psycopg.connect(servers.replica_url) as stale:
            assert stale.execute(shown.encode()).fetchone() == (1,)
        assert read(readers, shown) == "0 from the primary"
    finally:
        servers.let_go()
    eventually(lambda: read(readers, shown) == "0 from the replica")


@pytest.mark.alone
def test_a_replica_that_stands_still_costs_a_moment(
    reading: Callable[..., Readers], servers: Pair
) -> None:
    readers = reading()
    servers.replica.freeze()
    try:
        began = monotonic()
        for _ in range(5):
            assert read(readers) == "1 from the primary"
        assert monotonic() - began < 3
    finally:
        servers.replica.thaw()
    eventually(lambda: "replica" in read(readers))


@pytest.mark.alone
def test_a_statement_that_never_answers_is_given_up_by_the_client(servers: Pair) -> None:
    settings = DatabaseSettings(url=SecretStr(servers.replica_url))
    with open_pool(settings) as pool:
        pool.wait(SOON)
        with pool.connection() as db:
            assert isinstance(db, Link)
            db.patience = 0.5
            servers.replica.freeze()
            began = monotonic()
            try:
                with pytest.raises(AWAY):
                    db.execute("SELECT 1")
            finally:
                servers.replica.thaw()
            assert monotonic() - began < 2
            assert db.closed


def test_without_a_primary_only_replicas_that_are_synchronous_answer(
    reading: Callable[..., Readers], servers: Pair
) -> None:
    strict, alone = reading(), reading(alone=True)
    servers.primary.freeze()
    try:
        with pytest.raises(AWAY):
            read(strict)
        assert read(alone) == "1 from the replica"
        servers.hold_back()
        # It has shown all that it got: what is held back is only what comes from now on.
        assert read(alone) == "1 from the replica"
    finally:
        servers.primary.thaw()
        servers.let_go()


def test_the_pool_finds_whoever_takes_writes(servers: Pair) -> None:
    reversed_hosts = servers.url.replace(
        f"127.0.0.1:{servers.primary.port},127.0.0.1:{servers.replica.port}",
        f"127.0.0.1:{servers.replica.port},127.0.0.1:{servers.primary.port}",
    )
    with open_pool(DatabaseSettings(url=SecretStr(reversed_hosts))) as pool:
        for _ in range(3):
            with pool.connection() as db:
                assert db.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
