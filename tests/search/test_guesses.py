"""What is too doubtful to be told of a photo finds it where nothing surer is found, no more."""

from uuid import UUID

import pytest

from services.common.api import TagEdit, TagName
from services.common.events import Guess, Tag, TagVector
from services.search import record, tags
from services.search.apply import apply_result
from services.search.completion import complete
from services.search.database import Db
from services.search.gallery import photo_detail
from tests.search.photos import OWNER, ask, asking, embedded, place, queued, tag
from tests.search.test_similar import names


def guess(text: str, likely: float, kind: str = "label") -> Guess:
    return Guess.model_validate({"kind": kind, "text": text, "confidence": likely})


def seen(db: Db, name: str, *words: Tag | Guess) -> UUID:
    """A photo with tags and guesses."""
    of = queued(db, name)
    told = [word for word in words if isinstance(word, Tag)]
    guesses = [word for word in words if isinstance(word, Guess)]
    vectors = [TagVector(kind=w.kind, text=w.text, vector=place(w.text)) for w in words]
    whole = place(" ".join(one.text for one in told) or "nothing")
    more = {"guesses": guesses, "tag_vectors": vectors, "photo_vector": whole}
    assert apply_result(db, embedded(db, of, *told, **more))
    return of


def test_a_guess_finds_a_photo_behind_those_that_surely_have_it(db: Db) -> None:
    seen(db, "perhaps", tag("beach", 0.9), guess("cat", 0.75))
    seen(db, "surely", tag("beach", 0.9), tag("cat", 0.7))
    seen(db, "no", tag("beach", 0.9))
    found = ask(db, "cat").photos
    assert [hit.filename for hit in found] == ["surely.jpg", "perhaps.jpg"]
    (why,) = [why for why in found[1].why if why.tag == "cat"]
    assert (why.guess, why.confidence, why.source) == (True, 0.75, "guess")
    assert not any(why.guess for why in found[0].why)


def test_a_doubtful_guess_is_shown_only_to_who_asks_for_weaker_matches(db: Db) -> None:
    seen(db, "perhaps", guess("cat", 0.25))
    seen(db, "surely", tag("cat", 0.9))
    assert names(ask(db, "cat")) == ["surely"]
    assert names(ask(db, "cat", weaker=True)) == ["surely", "perhaps"]


def test_the_points_of_a_guess_sum_like_any(db: Db) -> None:
    of = seen(
        db, "perhaps", tag("beach", 0.9), guess("cat", 0.6), guess("melancholic", 0.4, "mood")
    )
    (hit,) = ask(db, "melancholic cat beach", strictness=0, weaker=True).photos
    assert hit.id == str(of)
    assert {why.tag for why in hit.why} >= {"beach", "cat", "melancholic"}
    assert sum(why.points for why in hit.why) == pytest.approx(hit.likeness, abs=2e-6)


def test_a_guess_is_no_tag(db: Db) -> None:
    of = seen(db, "perhaps", tag("beach", 0.9), guess("cat", 0.6))
    assert {one.text for one in photo_detail(db, OWNER, of).tags} == {"beach"}
    assert "cat" not in {one.text for one in ask(db, "beach").facets["label"]}
    assert complete(db, OWNER, asking(), prefix="ca", kind=None, limit=5).tags == []
    assert names(ask(db, "label:cat")) == []
    assert names(ask(db, "cat>0.1")) == []


def test_what_must_not_be_there_may_not_be_more_likely_than_not(db: Db) -> None:
    seen(db, "hardly", tag("beach", 0.9), guess("cat", 0.3))
    seen(db, "likely", tag("beach", 0.9), guess("cat", 0.6))
    assert names(ask(db, "beach -cat")) == ["hardly"]


def test_what_a_person_has_said_is_guessed_no_more(db: Db) -> None:
    of = seen(db, "perhaps", guess("cat", 0.6))
    cat = TagName(kind="label", text="cat")
    tags.edit_tags(db, OWNER, of, TagEdit(remove=[cat]))
    assert names(ask(db, "cat", strictness=0, weaker=True)) == []
    tags.edit_tags(db, OWNER, of, TagEdit(add=[cat]))
    (hit,) = ask(db, "cat").photos
    assert not any(why.guess for why in hit.why)


def test_a_new_look_replaces_the_guesses_and_a_deleted_photo_has_none(db: Db) -> None:
    of = seen(db, "perhaps", guess("cat", 0.6), guess("beach", 0.5))
    record.requeue_photo(db, of, OWNER)
    again = {"guesses": [guess("beach", 0.5)], "photo_vector": place("nothing")}
    assert apply_result(db, embedded(db, of, **again))
    assert names(ask(db, "cat", strictness=0)) == []
    assert names(ask(db, "beach")) == ["perhaps"]
    record.doom_photo(db, of, OWNER)
    assert db.execute("SELECT guesses, guessed FROM photo").fetchall() == [(None, None)]


def test_a_word_that_is_only_guessed_is_a_word_of_the_gallery(db: Db) -> None:
    """Else it would be looked for by its meaning, and not found by itself."""
    seen(db, "perhaps", guess("cat", 0.6))
    (chip,) = ask(db, "cat", owner=OWNER).chips
    assert chip.kind == "label"


def test_behind_a_filter_guesses_count_too(db: Db) -> None:
    seen(db, "perhaps", tag("beach", 0.9), guess("cat", 0.6))
    seen(db, "elsewhere", tag("harbour", 0.9), guess("cat", 0.6))
    assert names(ask(db, "cat label:beach")) == ["perhaps"]


def test_a_person_settles_what_is_guessed_of_a_photo(db: Db) -> None:
    dreamy = guess("dreamy", 0.45, "mood")
    of = seen(db, "perhaps", tag("beach", 0.9), guess("cat", 0.3), dreamy, guess("lake", 0.6))
    lake, cat = guess("lake", 0.6), guess("cat", 0.3)
    assert photo_detail(db, OWNER, of).guesses == [lake, dreamy, cat]

    tags.edit_tags(db, OWNER, of, TagEdit(add=[TagName(kind="label", text="lake")]))
    detail = photo_detail(db, OWNER, of)
    assert {one.text: one.source for one in detail.tags}["lake"] == "user"
    assert detail.guesses == [dreamy, cat]

    tags.edit_tags(db, OWNER, of, TagEdit(remove=[TagName(kind="label", text="cat")]))
    detail = photo_detail(db, OWNER, of)
    assert "cat" not in {one.text for one in detail.tags}
    assert detail.guesses == [dreamy]


def test_what_a_source_says_after_all_is_no_guess_of_the_photo(db: Db) -> None:
    of = seen(db, "perhaps", tag("cat", 0.9), guess("cat", 0.6), guess("beach", 0.5))
    assert [one.text for one in photo_detail(db, OWNER, of).guesses] == ["beach"]
