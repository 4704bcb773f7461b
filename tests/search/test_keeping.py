"""What people keep of searches: saved ones, one of many alike."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import ValidationError

from services.common.finding import Keep, NewSavedSearch
from services.search import record, saved, twins
from services.search.database import Db
from services.search.record import NoSuchPhoto
from tests.search.photos import OWNER, asking, ready, tag


def test_a_saved_search_says_what_is_new_since_somebody_looked(db: Db) -> None:
    ready(db, "cat", tag("cat"))
    kept = saved.save(db, OWNER, NewSavedSearch(name="Cats", query="cat"))
    assert kept.link == "/?q=cat&strictness=50"
    db.execute("UPDATE saved_search SET looked_at = now()")
    searching = asking()

    def counts() -> tuple[int | None, int | None]:
        one = saved.counted(db, OWNER, saved.one_saved(db, OWNER, kept.id), searching)
        return one.total, one.new

    assert counts() == (1, 0)
    ready(db, "second", tag("cat"))
    assert counts() == (2, 1)
    saved.look(db, OWNER, kept.id)
    assert counts() == (2, 0)


def test_a_search_is_saved_as_it_would_be_asked() -> None:
    kept = NewSavedSearch(name="  Cafés ", query=" cafe\u0301  dog ")
    assert (kept.name, kept.query) == ("Cafés", "café  dog")
    for wrong in ({"name": "  "}, {"query": "cat\x07"}, {"query": "two\nlines"}):
        with pytest.raises(ValidationError):
            NewSavedSearch.model_validate({"name": "Cats", "query": "cat", **wrong})


def test_a_saved_search_belongs_to_one_and_can_be_forgotten(db: Db) -> None:
    kept = saved.save(db, OWNER, NewSavedSearch(name="Cats", query="cat"))
    again = saved.save(db, OWNER, NewSavedSearch(name="Cats", query="cat -dog"))
    assert (again.id, again.query) == (kept.id, "cat -dog")
    assert saved.all_saved(db, "somebody else") == []
    with pytest.raises(saved.NoSuchSearch):
        saved.one_saved(db, "somebody else", kept.id)
    saved.forget(db, OWNER, kept.id)
    assert saved.all_saved(db, OWNER) == []


# --- near duplicates

PRINT = "3OcRJYB4d3h/iIeHeEh3eIhw+j2w"
OTHER = "1QcSHQRnh493V4dIh4eXh1h4kJUI"


def kept(db: Db, name: str, **more: object) -> UUID:
    return ready(db, name, tag("cat"), **more)


def test_photos_that_look_the_same_are_one_group_with_the_best_first(db: Db) -> None:
    small = kept(db, "small", width=400, height=300)
    large = kept(db, "large", width=4000, height=3000)
    kept(db, "another", thumbhash=OTHER)
    kept(db, "cropped", width=4000, height=2000)
    (group,) = twins.twin_page(db, OWNER, 10).groups
    assert [photo.id for photo in group.photos] == [str(large), str(small)]
    assert (group.best, group.why) == (str(large), "more pixels")


#: Thumbhashes of two landscapes with the sky above: their lowest frequencies are the same.
SKY_ABOVE = ("YAgSHIJmeHePeIiHeHd3gHkHuA==", "4/cRDIJmiXePeIeXd3dogHgJqA==")


def test_landscapes_with_the_sky_above_are_not_one_photo(db: Db) -> None:
    for name, thumbhash in zip(("hill", "dale"), SKY_ABOVE, strict=True):
        kept(db, name, thumbhash=thumbhash)
    assert twins.twin_page(db, OWNER, 10).groups == []


def test_a_twin_of_a_twin_goes_for_neither() -> None:
    a, b, c = uuid4(), uuid4(), uuid4()
    merit = {a: (3, 1, 1, 0.0), b: (2, 1, 1, 0.0), c: (1, 1, 1, 0.0)}
    assert twins.together({a: {b}, b: {a, c}, c: {b}}, merit) == [[a, b]]
    assert twins.together({a: {c}, b: {c}, c: {a, b}}, merit) == [[a, c]]


def test_keeping_the_best_deletes_the_others_and_nobody_else(db: Db) -> None:
    small, large = kept(db, "small"), kept(db, "large", width=4000, height=3000)
    stranger = kept(db, "another", thumbhash=OTHER)
    with pytest.raises(NoSuchPhoto):
        twins.keep_one(db, OWNER, Keep(keep=large, remove=[stranger]))
    changes = twins.keep_one(db, OWNER, Keep(keep=large, remove=[small]))
    assert [change.photo_id for change in changes] == [small]
    assert twins.twin_page(db, OWNER, 10).groups == []


def test_of_two_who_keep_each_others_photo_one_comes_too_late(database: str, db: Db) -> None:
    one, other = kept(db, "one"), kept(db, "other")
    together = Barrier(2)

    def keep(stays: UUID, goes: UUID) -> bool:
        with psycopg.connect(database) as connection:
            connection.execute("SELECT 1")
            together.wait(5)
            try:
                twins.keep_one(connection, OWNER, Keep(keep=stays, remove=[goes]))
            except NoSuchPhoto:
                return False
            sleep(0.2)  # both have looked before one of them ends
            return True

    with ThreadPoolExecutor() as threads:
        first, second = threads.submit(keep, one, other), threads.submit(keep, other, one)
        assert sorted([first.result(), second.result()]) == [False, True]
    left = [record.photo_state(db, of, OWNER).status for of in (one, other)]
    assert sorted(left) == ["deleting", "ready"]
