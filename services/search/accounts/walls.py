"""Row security: a transaction that answers people sees one gallery, whatever its queries say."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from psycopg import Error

from services.search.database import Db

#: Has no photos: what needs none is asked in this name.
NOBODY = ""
ENTER = "SELECT set_config('role', 'imgcap_gallery', true), set_config('imgcap.owner', %s, true)"


@contextmanager
def at_once(db: Db, owner: str) -> Iterator[None]:
    """What is asked here is one message and one transaction: its answers are read afterwards."""
    committing, db.autocommit = db.autocommit, True
    try:
        with db.pipeline():
            db.execute(ENTER, [owner])
            yield
    finally:
        with suppress(Error):  # a line that broke is no concern of anybody's
            db.autocommit = committing


@contextmanager
def in_gallery(db: Db, owner: str) -> Iterator[None]:
    """Until the transaction ends. Sent together with the first query: it costs no time of its own.

    Both settings are the transaction's, so that a connection that goes back to the pool has none.
    """
    with db.pipeline():
        db.execute(ENTER, [owner])
        yield
