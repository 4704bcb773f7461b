"""The whole gallery page by page: newest first or oldest first, to the last photo."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.common.api import PhotoPage
from services.search import gallery, record
from services.search.database import Db
from services.search.sql import SQL
from tests.search.photos import OWNER, queued, ready, tag

FIRST = datetime(2020, 3, 1, 12, tzinfo=UTC)
#: Photos that came in the same moment are told apart by their names alone.
MOMENTS = (0, 0, 0, 1, 2, 2, 3)


@pytest.fixture
def oldest_first(db: Db) -> list[str]:
    """The ids in the order in which the photos came; the database got them in another."""
    came: list[tuple[datetime, UUID]] = []
    for number, moment in reversed(list(enumerate(MOMENTS))):
        at = FIRST + timedelta(microseconds=moment)
        one = ready(db, f"photo {number}", tag("cat"))
        db.execute("UPDATE photo SET created_at = %s WHERE photo_id = %s", (at, one))
        came.append((at, one))
    return [str(one) for _, one in sorted(came)]


def pages(db: Db, *, oldest: bool, limit: int, status: str | None = None) -> list[PhotoPage]:
    found: list[PhotoPage] = []
    cursor: str | None = None
    while not found or cursor:
        page = gallery.ask_page(db, OWNER, status=status, cursor=cursor, limit=limit, oldest=oldest)
        found.append(PhotoPage.model_validate_json(page.written()))
        cursor = found[-1].cursor
    return found


def ids(found: list[PhotoPage]) -> list[str]:
    return [photo.id for page in found for photo in page.photos]


@pytest.mark.parametrize("oldest", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 7, 50])
def test_pages_of_any_length_follow_each_other_in_both_orders(
    db: Db, oldest_first: list[str], limit: int, oldest: bool
) -> None:
    found = pages(db, oldest=oldest, limit=limit)
    assert ids(found) == (oldest_first if oldest else oldest_first[::-1])
    assert [len(page.photos) for page in found[:-1]] == [limit] * (len(found) - 1)
    assert all(page.total == len(MOMENTS) for page in found)


def test_a_photo_that_comes_while_one_reads_the_oldest_first_is_read_last(
    db: Db, oldest_first: list[str]
) -> None:
    page = gallery.ask_page(db, OWNER, status=None, cursor=None, limit=4, oldest=True)
    first = PhotoPage.model_validate_json(page.written())
    late = str(ready(db, "late", tag("cat")))
    page = gallery.ask_page(db, OWNER, status=None, cursor=first.cursor, limit=50, oldest=True)
    rest = PhotoPage.model_validate_json(page.written())
    assert ids([first, rest]) == [*oldest_first, late]


def test_a_status_is_kept_to_in_the_order_of_coming(db: Db, oldest_first: list[str]) -> None:
    waiting = str(queued(db, "waiting"))
    assert ids(pages(db, oldest=True, limit=1, status="queued")) == [waiting]
    assert ids(pages(db, oldest=True, limit=3, status="ready")) == oldest_first


def test_photos_are_counted_whatever_becomes_of_them_and_whenever_that_is_added_up(
    db: Db, oldest_first: list[str]
) -> None:
    def counted(status: str | None = None) -> int:
        row = db.execute(SQL["count_photos"], {"owner": OWNER, "status": status}).fetchone()
        return int(row[0]) if row else -1

    def everything() -> tuple[int, ...]:
        return counted(), counted("ready"), counted("queued"), counted("failed")

    waiting = queued(db, "waiting")
    assert everything() == (8, 7, 1, 0)
    db.execute(SQL["fold_photo_count"])
    assert everything() == (8, 7, 1, 0)
    db.execute("UPDATE photo SET status = 'failed' WHERE photo_id = %s", [waiting])
    record.doom_photo(db, UUID(oldest_first[0]), OWNER)
    assert everything() == (7, 6, 0, 1)
    db.execute(SQL["fold_photo_count"])
    db.execute("DELETE FROM photo WHERE photo_id = %s", [oldest_first[1]])
    assert everything() == (6, 5, 0, 1)
    db.execute("UPDATE photo SET owner = 'somebody'")
    assert everything() == (0, 0, 0, 0)
