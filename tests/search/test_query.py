"""A plain ranked search, and why each photo is found."""

from dataclasses import replace
from typing import Any

import pytest

from services.common.api import TagEdit, TagName
from services.search import completion, record, tags
from services.search.completion import complete
from services.search.database import Db
from services.search.remembered import Lately
from tests.search.photos import OWNER, ask, asking, ready, tag


def found(db: Db, q: str, **more: Any) -> list[str]:
    return [hit.filename for hit in ask(db, q, **more).photos]


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


def test_a_phrase_that_is_a_tag_is_one_chip(gallery: Db) -> None:
    ready(gallery, "lines", tag("leading lines", 0.9, "composition"))
    chips = ask(gallery, "street with leading lines -people").chips
    assert [(chip.text, chip.kind, chip.negated) for chip in chips] == [
        ("street", "label", False),
        ("leading lines", "composition", False),
        ("people", "label", True),
    ]


def test_the_name_of_the_file_counts_too(gallery: Db) -> None:
    assert "unsure cat.jpg" in found(gallery, "unsure")


def test_why_sums_to_one_and_names_its_source(gallery: Db) -> None:
    answer = ask(gallery, "dog beach")
    why = answer.photos[0].why
    assert [reason.tag for reason in why] == ["beach", "dog", "the photo as a whole"]
    assert sum(reason.share for reason in why) == pytest.approx(1.0)
    assert sum(reason.points for reason in why) == pytest.approx(answer.photos[0].likeness)


def test_facets_count_the_tags_of_the_matches(gallery: Db) -> None:
    answer = ask(gallery, "cat", limit=1)
    assert {count.text: count.count for count in answer.facets["label"]} == {"cat": 2}
    assert set(answer.facets) >= {"label", "composition", "mood", "colour", "camera"}


def test_pages_of_hits_follow_each_other(gallery: Db) -> None:
    for number in range(5):
        ready(gallery, f"more {number}", tag("cat", 0.7))
    cursor, seen = None, []
    while True:
        page = ask(gallery, "cat", limit=2, cursor=cursor)
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


def test_a_word_that_only_deleted_photos_had_is_looked_for_by_its_meaning(gallery: Db) -> None:
    of = ready(gallery, "gone", tag("guitar", 0.9))
    ready(gallery, "banjo", tag("banjo cat", 0.9))
    assert found(gallery, "guitar")[0] == "gone.jpg"
    record.doom_photo(gallery, of, OWNER)
    assert found(gallery, "guitar") == ["banjo.jpg"]


def test_a_word_of_another_gallery_is_none_of_this(gallery: Db) -> None:
    ready(gallery, "theirs", tag("guitar", 0.9), owner="somebody else")
    ready(gallery, "ours", tag("banjo cat", 0.9))
    assert found(gallery, "guitar") == ["ours.jpg"]
    assert found(gallery, "guitar", owner="somebody else") == ["theirs.jpg"]


def test_an_own_word_is_found_at_once(gallery: Db) -> None:
    of = ready(gallery, "boat", tag("harbour", 0.4))
    tags.edit_tags(gallery, OWNER, of, TagEdit(add=[TagName(kind="user", text="Nordlys II")]))
    assert found(gallery, "nordlys ii") == ["boat.jpg"]


@pytest.mark.parametrize("nothing", ["", "   ", "...", '""'])
def test_nothing_asked_or_nothing_there_finds_nothing(gallery: Db, nothing: str) -> None:
    answer = ask(gallery, nothing)
    assert (answer.photos, answer.total) == ([], 0)


def test_an_empty_gallery_answers(db: Db) -> None:
    assert found(db, "cat") == []


def test_another_owner_finds_none_of_it(gallery: Db) -> None:
    answer = ask(gallery, "cat", owner="somebody else")
    assert answer.photos == []
    assert answer.facets == {}


@pytest.mark.parametrize("prefix", ["ca", "CA", "c"])
def test_completion_counts_photos(gallery: Db, prefix: str) -> None:
    page = complete(gallery, OWNER, asking(), prefix=prefix, kind=None, limit=5)
    assert [(one.text, one.count) for one in page.tags] == [("cat", 2)]


@pytest.mark.parametrize("prefix", ["%", "_", "\\"])
def test_wildcards_of_the_database_are_letters_to_us(gallery: Db, prefix: str) -> None:
    assert complete(gallery, OWNER, asking(), prefix=prefix, kind=None, limit=5).tags == []


@pytest.mark.parametrize("prefix", ["cafe", "Café", "cafe t", "terrace"])
def test_completion_asks_for_no_accents(gallery: Db, prefix: str) -> None:
    for word in ("café terrace", "cafe terraces", "日本"):
        ready(gallery, word, tag(word, 0.9))
    page = complete(gallery, OWNER, asking(), prefix=prefix, kind=None, limit=5)
    assert {one.text for one in page.tags} == {"café terrace", "cafe terraces"}
    page = complete(gallery, OWNER, asking(), prefix="日", kind=None, limit=5)
    assert [one.text for one in page.tags] == ["日本"]


def test_a_beginning_of_very_many_words_is_counted_once_in_some_seconds(
    gallery: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing = replace(asking(), completed=Lately(60.0, 10))

    def cats(owner: str = OWNER) -> list[int]:
        page = complete(gallery, owner, typing, prefix="c", kind=None, limit=20)
        return [one.count for one in page.tags if one.text == "cat"]

    ready(gallery, "third cat", tag("cat"))
    assert cats() == [3], "of few words every photo counts at once"
    monkeypatch.setattr(completion, "MANY", 0)
    assert cats() == [3]
    ready(gallery, "fourth cat", tag("cat"))
    assert (cats(), cats("somebody else")) == ([3], [])


def test_what_may_be_meant_comes_nearest_first_and_a_known_word_is_no_slip(db: Db) -> None:
    ready(db, "alone", tag("melancholic", 0.7, "mood"), tag("sand"))
    ready(db, "again", tag("sand"))
    done = complete(db, OWNER, asking(), prefix="sad", kind=None, limit=9).tags
    assert (done[0].text, done[0].by) == ("melancholic", "meaning")
    assert ("sand", "typo") not in [(one.text, one.by) for one in done]
