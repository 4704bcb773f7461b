"""Photos of which nothing may leave the house, from the upload to the last retry."""

import pytest
from psycopg.rows import dict_row

from services.common.cloud.failing import BUDGET, BUDGET_LOCAL
from services.common.errors import TryAgain
from services.common.events import PhotoTagged, PhotoUploaded
from services.common.results import Results
from services.search import record
from services.search.database import Db
from services.search.gallery import photo_detail
from services.search.sql import SQL
from services.search.sweep import uploaded_again
from services.tagger.handler import TagPhoto
from tests.search.photos import OWNER, reservation
from tests.tagger.conftest import blobs, event, results, shared_blobs, shelf
from tests.tagger.conftest import search as record_stub
from tests.tagger.test_handler import CALM, DOG, Sees

__all__ = ["blobs", "event", "record_stub", "results", "shared_blobs", "shelf"]


@pytest.fixture
def search(record_stub: object) -> object:
    """The tagger's stub of search, in the place of this folder's real one."""
    return record_stub


def told(results: Results, event: PhotoUploaded, *taggers: Sees) -> PhotoTagged:
    (tagged,) = TagPhoto(results, taggers)(event)
    return tagged


def test_no_paid_provider_sees_a_local_only_photo(results: Results, event: PhotoUploaded) -> None:
    paid, free = Sees(DOG), Sees(CALM, name="free", paid=False)
    tagged = told(results, event.model_copy(update={"local_only": True}), paid, free)
    assert paid.looks == []
    assert (tagged.tags, tagged.missing, tagged.local_only) == ((CALM,), (), True)


def test_over_the_cap_a_photo_waits_or_goes_without(results: Results, event: PhotoUploaded) -> None:
    over = TryAgain("the daily budget is spent", code=BUDGET, counts=False)
    free = Sees(CALM, name="free", paid=False)
    with pytest.raises(TryAgain, match="daily budget"):
        told(results, event, Sees(DOG, fails=(over,)), free)
    local = TryAgain("the daily budget is spent", code=BUDGET_LOCAL, counts=False)
    tagged = told(results, event, Sees(DOG, fails=(local,)), free)
    assert (tagged.tags, tagged.missing, tagged.again_at) == ((CALM,), (), None)


def test_a_photo_stays_local_only_when_it_is_published_again(db: Db) -> None:
    wanted = reservation("cat", local_only=True)
    reserved, _ = record.reserve(db, wanted)
    record.commit(db, wanted.photo_id, reserved.generation)
    record.requeue_photo(db, wanted.photo_id, OWNER)
    with db.cursor(row_factory=dict_row) as rows:
        (row,) = rows.execute(SQL["due_photos"], {"limit": 10}).fetchall()
    assert uploaded_again(row).local_only
    assert photo_detail(db, OWNER, wanted.photo_id).local_only
