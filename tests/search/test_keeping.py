"""What people keep of searches: saved ones, files of keywords, one of many alike."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.api import PhotoTag, TagEdit, TagName
from services.common.finding import Keep, NewSavedSearch
from services.search import moving, record, saved, sharing, tags, twins
from services.search.database import Db
from services.search.gallery import photo_detail
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


def test_a_saved_search_belongs_to_one_and_can_be_forgotten(db: Db) -> None:
    kept = saved.save(db, OWNER, NewSavedSearch(name="Cats", query="cat"))
    again = saved.save(db, OWNER, NewSavedSearch(name="Cats", query="cat -dog"))
    assert (again.id, again.query) == (kept.id, "cat -dog")
    assert saved.all_saved(db, "somebody else") == []
    with pytest.raises(saved.NoSuchSearch):
        saved.one_saved(db, "somebody else", kept.id)
    saved.forget(db, OWNER, kept.id)
    assert saved.all_saved(db, OWNER) == []


def exported(db: Db, of: UUID, form: sharing.Format) -> bytes:
    return sharing.write([(moving.details(db, OWNER, [of])[of], 0.75)], form)


@pytest.mark.parametrize("form", ["csv", "json", "xmp"])
def test_what_is_exported_comes_back_without_loss(db: Db, form: sharing.Format) -> None:
    seen = [tag("cat"), tag("leading lines", 0.8, "composition"), tag("wistful; blue", 0.5, "mood")]
    of = ready(db, "cat", *seen)
    own = TagEdit(add=[TagName(kind="user", text="Nordlys <&> II")])
    tags.edit_tags(db, OWNER, of, own)
    said = exported(db, of, form)
    before = {(t.kind, t.text) for t in photo_detail(db, OWNER, of).tags}
    unchanged, _ = moving.bring(db, OWNER, sharing.read("cat.jpg.xmp", said))
    assert (unchanged.photos, unchanged.tags) == (1, 0)

    record.doom_photo(db, of, OWNER)
    ready(db, "cat", tag("dog"))
    imported, _ = moving.bring(db, OWNER, sharing.read("cat.jpg.xmp", said))
    assert (imported.photos, imported.tags) == (1, 4)
    after = {(t.kind, t.text) for t in photo_detail(db, OWNER, of).tags}
    assert after == before | {("label", "dog")}


FOREIGN = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/">
 <dc:subject><rdf:Bag><rdf:li>Norway</rdf:li><rdf:li>cat</rdf:li></rdf:Bag></dc:subject>
 <lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Norway|Bergen</rdf:li></rdf:Bag>
 </lr:hierarchicalSubject></rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_keywords_of_another_program_become_own_words(db: Db) -> None:
    of = ready(db, "cat", tag("dog"))
    imported, changes = moving.bring(db, OWNER, sharing.read("cat.xmp", FOREIGN))
    assert (imported.photos, imported.tags, len(changes)) == (1, 4, 1)
    own = {t.text for t in photo_detail(db, OWNER, of).tags if t.kind == "user"}
    assert own == {"norway", "cat", "places", "bergen"}


def test_a_name_that_fits_no_photo_is_said(db: Db) -> None:
    imported, _ = moving.bring(db, OWNER, sharing.read("stranger.xmp", FOREIGN))
    assert (imported.photos, imported.unknown) == (0, ["stranger"])


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"{number}.xmp", b"<a>" * 3_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    "odd",
    [
        b"", b"\x00\xff", b"<a", b"[1]", b"{}" * 3, b"a,b\n1,2", b"PK\x03\x04rest", bomb(),
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b'[{"tags": [{"kind": "x"}]}]',
    ],
)  # fmt: skip
def test_what_holds_no_keywords_is_refused(odd: bytes) -> None:
    with pytest.raises(sharing.Unreadable):
        list(sharing.read("odd", odd))


@given(st.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_an_import(content: bytes) -> None:
    try:
        list(sharing.read("odd", content))
    except sharing.Unreadable:
        return


def test_a_table_does_not_run_in_a_spreadsheet(db: Db) -> None:
    of = ready(db, "cat", tag("=HYPERLINK(0)", kind="user"))
    assert b"'=HYPERLINK" in exported(db, of, "csv")


def test_the_tags_of_a_sidecar_are_readable_by_every_program(db: Db) -> None:
    of = ready(db, "cat", tag("cat", 0.8))
    one = moving.details(db, OWNER, [of])[of]
    text = sharing.sidecar(one).decode()
    assert "<rdf:li>cat</rdf:li>" in text
    assert isinstance(one.tags[0], PhotoTag)


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
