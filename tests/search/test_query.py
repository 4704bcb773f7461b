"""A plain ranked search, and why each photo is found."""

from collections.abc import Sequence

import pytest

from services.common.api import TagEdit, TagName
from services.search import query, record, tags
from services.search.database import Db
from tests.search.photos import OWNER, place, ready, tag


def embed(texts: Sequence[str]) -> list[tuple[float, ...]]:
    return [place(text) for text in texts]


def found(db: Db, q: str) -> list[str]:
    answer = query.search_photos(db, OWNER, q, embed, limit=50, cursor=None)
    return [hit.filename for hit in answer.photos]


@pytest.fixture
def gallery(db: Db) -> Db:
    ready(db, "sure cat", tag("cat", 0.9), tag("symmetry", 0.8, "composition"))
    ready(db, "unsure cat", tag("cat", 0.5), tag("melancholic", 0.7, "mood"))
    ready(db, "dog on a beach", tag("dog", 0.8), tag("beach", 0.9))
    return db


def test_the_surest_photo_comes_first(gallery: Db) -> None:
    assert found(gallery, "cat") == ["sure cat.jpg", "unsure cat.jpg"]


def test_two_words_rank_the_photo_that_has_both_above_one_that_has_one(gallery: Db) -> None:
    assert found(gallery, "melancholic cat")[0] == "unsure cat.jpg"


def test_a_phrase_that_is_a_tag_is_one_term(gallery: Db) -> None:
    ready(gallery, "lines", tag("leading lines", 0.9, "composition"))
    assert query.split_terms(gallery, "street with leading lines") == ["street", "leading lines"]


def test_the_name_of_the_file_counts_too(gallery: Db) -> None:
    assert "unsure cat.jpg" in found(gallery, "unsure")


def test_why_sums_to_one_and_names_its_source(gallery: Db) -> None:
    answer = query.search_photos(gallery, OWNER, "dog beach", embed, limit=9, cursor=None)
    why = answer.photos[0].why
    assert {reason.tag for reason in why} == {"dog", "beach"}
    assert sum(reason.share for reason in why) == pytest.approx(1.0)
    assert answer.photos[0].likeness == pytest.approx(0.85, abs=0.01)


def test_facets_count_the_tags_of_the_matches(gallery: Db) -> None:
    answer = query.search_photos(gallery, OWNER, "cat", embed, limit=1, cursor=None)
    assert {count.text: count.count for count in answer.facets["label"]} == {"cat": 2}
    assert set(answer.facets) == {"label", "composition", "mood"}


def test_pages_of_hits_follow_each_other(gallery: Db) -> None:
    for number in range(5):
        ready(gallery, f"more {number}", tag("cat", 0.7))
    cursor, seen = None, []
    while True:
        page = query.search_photos(gallery, OWNER, "cat", embed, limit=2, cursor=cursor)
        seen += [hit.filename for hit in page.photos]
        cursor = page.cursor
        if cursor is None:
            break
    assert len(seen) == 7
    assert len(set(seen)) == 7


def test_a_deleted_photo_is_found_no_more(gallery: Db) -> None:
    of = ready(gallery, "gone", tag("cat", 0.99))
    assert found(gallery, "cat")[0] == "gone.jpg"
    record.doom_photo(gallery, of, OWNER)
    assert "gone.jpg" not in found(gallery, "cat")


def test_an_own_word_is_found_at_once(gallery: Db) -> None:
    of = ready(gallery, "boat", tag("harbour", 0.4))
    tags.edit_tags(gallery, OWNER, of, TagEdit(add=[TagName(kind="user", text="Nordlys II")]))
    assert found(gallery, "nordlys ii") == ["boat.jpg"]


@pytest.mark.parametrize("nothing", ["", "   ", '"', "...", "zzzz qqqq"])
def test_nothing_asked_or_nothing_there_finds_nothing(gallery: Db, nothing: str) -> None:
    answer = query.search_photos(gallery, OWNER, nothing, embed, limit=9, cursor=None)
    assert (answer.photos, answer.total) == ([], 0)


def test_an_empty_gallery_answers(db: Db) -> None:
    assert found(db, "cat") == []


def test_another_owner_finds_none_of_it(gallery: Db) -> None:
    answer = query.search_photos(gallery, "somebody else", "cat", embed, limit=9, cursor=None)
    assert answer.photos == []
    assert answer.facets == {}


@pytest.mark.parametrize("prefix", ["ca", "CA", "c"])
def test_completion_counts_photos(gallery: Db, prefix: str) -> None:
    page = tags.complete_tags(gallery, OWNER, prefix=prefix, kind=None, limit=5)
    assert [(one.text, one.count) for one in page.tags] == [("cat", 2)]


@pytest.mark.parametrize("prefix", ["%", "_at", "\\"])
def test_wildcards_of_the_database_are_letters_to_us(gallery: Db, prefix: str) -> None:
    assert tags.complete_tags(gallery, OWNER, prefix=prefix, kind=None, limit=5).tags == []
