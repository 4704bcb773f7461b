"""The record of a photo: reserved, committed, deleted, tried again."""

from uuid import uuid4

import pytest

from services.search import gallery, record
from services.search.apply import apply_failure, apply_result
from services.search.database import Db
from tests.search.photos import OWNER, embedded, failed, queued, ready, reservation, tag


def test_a_photo_is_received_then_queued(db: Db) -> None:
    wanted = reservation("cat")
    reserved, _ = record.reserve(db, wanted)
    assert (reserved.status, reserved.generation, reserved.duplicate) == ("receiving", 1, False)
    assert reserved.blob_prefix == f"photos/{wanted.photo_id}/1"

    state, change = record.commit(db, wanted.photo_id, 1)
    assert state.status == "queued"
    assert change
    assert change.status == "queued"


def test_a_cut_upload_goes_on_with_the_same_generation(db: Db) -> None:
    first, _ = record.reserve(db, reservation("cat"))
    again, _ = record.reserve(db, reservation("cat"))
    assert again == first


def test_committing_twice_is_committing_once(db: Db) -> None:
    of = queued(db, "cat")
    state, change = record.commit(db, of, 1)
    assert state.status == "queued"
    assert change is None


def test_the_same_bytes_are_a_duplicate(db: Db) -> None:
    queued(db, "cat")
    again, _ = record.reserve(db, reservation("cat"))
    assert again.duplicate
    assert again.status == "queued"


def test_a_failed_photo_sent_again_is_tried_again(db: Db) -> None:
    of = queued(db, "cat")
    apply_failure(db, failed(db, of, heals=False, code="undecodable"))
    again, change = record.reserve(db, reservation("cat"))
    assert (again.duplicate, again.status, again.generation) == (True, "queued", 2)
    assert change


def test_a_deleted_photo_is_in_no_answer(db: Db) -> None:
    of = ready(db, "cat", tag("cat"))
    assert record.doom_photo(db, of, OWNER)

    assert gallery.list_photos(db, OWNER, status=None, cursor=None, limit=10).photos == []
    with pytest.raises(record.NoSuchPhoto):
        gallery.photo_detail(db, OWNER, of)
    assert db.execute("SELECT count(*) FROM photo_tag").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM photo_vector").fetchone() == (0,)


def test_deleting_twice_is_deleting_once(db: Db) -> None:
    of = ready(db, "cat", tag("cat"))
    record.doom_photo(db, of, OWNER)
    assert record.doom_photo(db, of, OWNER) is None
    assert db.execute("SELECT count(*) FROM doomed_blobs").fetchone() == (1,)


def test_nobody_deletes_the_photo_of_another(db: Db) -> None:
    of = ready(db, "cat", tag("cat"))
    with pytest.raises(record.NoSuchPhoto):
        record.doom_photo(db, of, "somebody else")
    assert record.photo_state(db, of, OWNER).status == "ready"


def test_a_deleted_photo_comes_back_with_new_bytes_only(db: Db) -> None:
    of = ready(db, "cat", tag("cat"))
    record.doom_photo(db, of, OWNER)
    reserved, _ = record.reserve(db, reservation("cat"))
    assert (reserved.generation, reserved.duplicate) == (3, False)
    assert reserved.blob_prefix == f"photos/{of}/3"
    assert record.commit(db, of, 3)[0].status == "queued"


def test_a_commit_after_a_delete_is_void(db: Db) -> None:
    of = queued(db, "cat")
    record.doom_photo(db, of, OWNER)
    with pytest.raises(record.Superseded):
        record.commit(db, of, 1)


def test_a_result_that_comes_after_the_delete_changes_nothing(db: Db) -> None:
    of = queued(db, "cat")
    late = embedded(db, of, tag("cat"))
    record.doom_photo(db, of, OWNER)
    assert apply_result(db, late) is None
    record.reserve(db, reservation("cat"))
    assert apply_result(db, late) is None


def test_a_retry_is_a_new_generation_and_the_old_answer_stays_meanwhile(db: Db) -> None:
    of = ready(db, "cat", tag("cat"))
    stale = embedded(db, of, tag("dog"))
    record.requeue_photo(db, of, OWNER)
    assert apply_result(db, stale) is None
    detail = gallery.photo_detail(db, OWNER, of)
    assert (detail.status, [t.text for t in detail.tags]) == ("queued", ["cat"])


def test_every_failed_photo_can_be_tried_again_at_once(db: Db) -> None:
    for name in ("a", "b", "c"):
        apply_failure(db, failed(db, queued(db, name), heals=False))
    ready(db, "d", tag("cat"))
    assert {change.status for change in record.requeue_failed(db, OWNER)} == {"queued"}
    page = gallery.list_photos(db, OWNER, status="queued", cursor=None, limit=10)
    assert page.total == 3


def test_a_page_that_was_away_hears_what_it_missed(db: Db) -> None:
    first = ready(db, "a", tag("cat"))
    seen = record.latest_seq(db, OWNER)
    second = queued(db, "b")
    record.doom_photo(db, first, OWNER)

    missed = record.changes_since(db, OWNER, seen, 10)
    assert missed.complete
    assert [(change.id, change.status) for change in missed.changes] == [
        (str(second), "queued"),
        (str(first), "deleting"),
    ]
    assert not record.changes_since(db, OWNER, 0, 1).complete


def test_a_photo_never_seen_has_no_state(db: Db) -> None:
    with pytest.raises(record.NoSuchPhoto):
        record.photo_state(db, uuid4(), None)


def test_pages_follow_each_other_without_gaps(db: Db) -> None:
    every = {str(ready(db, f"photo {number}", tag("cat"))) for number in range(7)}
    cursor, seen = None, []
    for _ in range(4):
        page = gallery.list_photos(db, OWNER, status=None, cursor=cursor, limit=2)
        seen += [photo.id for photo in page.photos]
        cursor = page.cursor
    assert cursor is None
    assert len(seen) == 7
    assert set(seen) == every


@pytest.mark.parametrize(
    "cursor", ["x", "bm8", "WzFd", "WzEsMl0", "é", "W10=", "[" * 300, "WyJhIiwiYiJd"]
)
def test_a_cursor_that_we_never_gave_is_refused(db: Db, cursor: str) -> None:
    with pytest.raises(gallery.BadCursor):
        gallery.list_photos(db, OWNER, status=None, cursor=cursor, limit=2)
