"""Row security: a transaction that answers people sees one gallery, whatever its queries say."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from psycopg import Error

from services.search.database import Db

#: Has no photos: what needs none is asked in this name.
NOBODY = ""
ENTER = "SELECT set_config('role', 'imgcap_gallery', true), set_config('imgcap.owner', %s, true)"
#: Where nothing is filtered one plan serves all questions: to count a few words is planned for
#: three times as long as it takes.
ENTER_ONCE = f"{ENTER}, set_config('plan_cache_mode', 'force_generic_plan', true)"


#: Everything that is read is of one moment, and nothing is written.
BEGIN, COMMIT = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", b"COMMIT"


@contextmanager
def at_once(db: Db, owner: str) -> Iterator[None]:
    """What is asked here is one message and one transaction: its answers are read afterwards."""
    with _by_hand(db), db.pipeline():
        db.execute(ENTER, [owner])
        yield


@contextmanager
def reading(db: Db, owner: str, *, plan_once: bool = False) -> Iterator[None]:
    """A snapshot of one gallery. Its beginning and its end travel with what is asked: psycopg would
    wait for each of them."""
    with _by_hand(db), db.pipeline():
        db.execute(BEGIN)
        db.execute(ENTER_ONCE if plan_once else ENTER, [owner])
        yield
        db.execute(COMMIT)


@contextmanager
def _by_hand(db: Db) -> Iterator[None]:
    """Transactions are begun and ended by what is executed, and by whatever fails."""
    committing, db.autocommit = db.autocommit, True
    try:
        yield
    finally:
        with suppress(Error):  # a line that broke is no concern of anybody's
            db.rollback()
            db.autocommit = committing


@contextmanager
def in_gallery(db: Db, owner: str) -> Iterator[None]:
    """Until the transaction ends. Sent together with the first query: it costs no time of its own.

    Both settings are the transaction's, so that a connection that goes back to the pool has none.
    """
    with db.pipeline():
        db.execute(ENTER, [owner])
        yield
