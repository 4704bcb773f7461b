"""Why a photo is found: the reasons are what ranked it, and taking one away shows it."""

from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.common.api import Hit, TagEdit, TagName
from services.common.events import TagVector
from services.search import record, tags
from services.search.apply import apply_result
from services.search.cutoff import cut
from services.search.database import Db
from services.search.language.known import Terms
from services.search.strictness import shown_at
from services.search.weights import CUT
from tests.search.photos import OWNER, ask, embedded, place, queued, ready, tag


def hit(db: Db, q: str, of: UUID) -> Hit:
    found = ask(db, q, strictness=0, weaker=True).photos
    return next(one for one in found if one.id == str(of))


@pytest.fixture
def gallery(db: Db) -> Db:
    for number in range(6):
        ready(db, f"dog {number}", tag("dog", 0.5 + number / 20), tag("beach", 0.6))
    return db


@pytest.mark.parametrize("q", ["cat", "melancholic cat", "cat beach", "cat or dog", "cat iso:>1"])
def test_the_points_of_every_hit_sum_to_its_likeness(gallery: Db, q: str) -> None:
    ready(gallery, "both", tag("cat", 0.8), tag("melancholic", 0.7, "mood"), tag("beach", 0.4))
    for one in ask(gallery, q, strictness=0, weaker=True).photos:
        assert sum(why.points for why in one.why) == pytest.approx(one.likeness, abs=2e-6)
        assert sum(why.share for why in one.why) == pytest.approx(1.0, abs=1e-4)


def test_without_the_tag_of_its_first_reason_a_photo_loses_just_that(gallery: Db) -> None:
    of = ready(gallery, "IMG_1", tag("cat", 0.9), tag("melancholic", 0.7, "mood"))
    before = hit(gallery, "melancholic cat", of)
    first = before.why[0]
    assert (first.tag, first.kind) == ("cat", "label")
    edit = TagEdit(remove=[TagName(kind="label", text=first.tag)])
    tags.edit_tags(gallery, OWNER, of, edit)
    after = hit(gallery, "melancholic cat", of)
    assert after.likeness == pytest.approx(before.likeness - first.points, abs=1e-5)
    assert "cat" not in {why.tag for why in after.why}


def test_a_rejected_word_is_not_replaced_by_a_weaker_one_for_the_same(db: Db) -> None:
    of = ready(db, "IMG_1", tag("puppy", 0.9), tag("hound", 0.9))
    assert ask(db, "doggy").photos
    tags.edit_tags(
        db, OWNER, of, TagEdit(remove=[TagName(kind="label", text=t) for t in ("puppy", "hound")])
    )
    assert ask(db, "doggy").photos == []


def test_a_word_that_must_not_be_there_is_not_there(gallery: Db) -> None:
    ready(gallery, "IMG_1", tag("beach", 0.9), tag("person", 0.3))
    assert len(ask(gallery, "beach").photos) == 7
    assert len(ask(gallery, "beach -people").photos) == 6
    assert {one.filename for one in ask(gallery, "beach no dogs").photos} == {"IMG_1.jpg"}


def test_conditions_alone_find_what_meets_them_newest_first(gallery: Db) -> None:
    answer = ask(gallery, "camera:leica")
    assert len(answer.photos) == 6
    assert {why.kind for one in answer.photos for why in one.why} == {"camera"}
    uploaded = [one.uploaded_at for one in answer.photos]
    assert uploaded == sorted(uploaded, reverse=True)


def test_strictness_shows_less_and_less_and_the_rest_is_counted(gallery: Db) -> None:
    ready(gallery, "IMG_1", tag("dog", 0.9), tag("cat", 0.3))
    counts = []
    for strictness in (0, 25, 50, 75, 100):
        answer = ask(gallery, "dog cat", strictness=strictness)
        counts.append(answer.total)
        everything = ask(gallery, "dog cat", strictness=strictness, weaker=True)
        assert everything.total == answer.total + answer.weaker
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[2] > 0


@pytest.mark.parametrize(
    ("likenesses", "shown"),
    [
        ([], 0),
        ([0.2, 0.19], 0),  # no better than noise
        ([0.95, 0.7, 0.66], 3),  # sure and less sure, all of it asked for
        ([0.9, 0.88, 0.36, 0.35], 2),  # of the best
        ([0.9, 0.88, 0.55, 0.54], 4),  # a guess behind what is sure
        ([0.8, 0.78, 0.37, 0.36], 2),  # a gap
    ],
)
def test_a_list_ends_where_the_matches_do(likenesses: list[float], shown: int) -> None:
    assert cut(likenesses, [1.0] * len(likenesses), 50) == shown


@pytest.mark.parametrize(
    ("covers", "strictness", "shown"),
    [
        ([1, 1, *[0.5] * 8], 50, 2),  # half of what is asked, where others have all of it
        ([1, 1, *[0.5] * 8], 0, 10),  # unless everything is wanted
        ([1, 1, *[0.6] * 8], 50, 10),  # little is lacking, by few
        ([1, 1, *[0.6] * 8], 100, 2),
        ([1, 1, *[0.6] * 30], 50, 2),  # what many have says little
        ([0.5, 1, *[0.5] * 8, 1], 50, 2),  # one that has all of it brings no eight that have not
        ([0.5] * 10, 50, 10),  # nobody has more
    ],
)
def test_who_lacks_what_others_have_is_no_match(
    covers: list[float], strictness: int, shown: int
) -> None:
    assert cut([0.75] * len(covers), covers, strictness) == shown


#: At 45 the fifth photo, which has it all, was behind too many that have a third.
LACKING = [(0.941, 0.33), (0.925, 0.33), (0.644, 0.67), (0.543, 0.33), (0.377, 1.0), (0.279, 0.33)]


@given(
    st.lists(st.tuples(st.floats(0.05, 1), st.sampled_from([0.33, 0.5, 0.67, 1.0])), max_size=20)
)
@example(LACKING)
@settings(max_examples=100, deadline=None)
def test_who_is_shown_is_shown_at_every_laxer_strictness(photos: list[tuple[float, float]]) -> None:
    likenesses, covers = (
        zip(*sorted(photos, key=lambda p: -p[0]), strict=True) if photos else ((), ())
    )
    counts = [shown_at(likenesses, covers, strictness) for strictness in range(101)]
    assert counts == sorted(counts, reverse=True)
    assert counts[50] == cut(likenesses, covers, 50)


def test_the_cut_grows_with_strictness_in_every_row_of_its_table() -> None:
    for low, middle, high in (CUT.floor, CUT.of_best, CUT.best):
        assert low < middle < high


def test_a_misspelled_word_is_asked_back(gallery: Db) -> None:
    assert ask(gallery, "baech").did_you_mean == "beach"
    assert ask(gallery, "beach").did_you_mean is None


@pytest.mark.parametrize(
    ("q", "meant"),
    [
        ("mood:melancolic cat", "mood:melancholic cat"),
        ("cat technique:leading lines dog", 'cat technique:"leading lines" dog'),
        ("technique:beach", "label:beach"),
        ("label:symmetry>0.5", "technique:symmetry>0.5"),
        ("-mood:cat", "-label:cat"),
        ("mood:melancholic", None),
        ("mood:sad", None),
        ("label:xyzzy", None),
    ],
)
def test_a_field_that_nothing_is_called_is_asked_back(
    gallery: Db, q: str, meant: str | None
) -> None:
    ways = (tag(text, 0.9, "composition") for text in ("leading lines", "symmetry"))
    ready(gallery, "tracks", tag("cat"), tag("melancholic", 0.9, "mood"), *ways)
    assert ask(gallery, q).did_you_mean == meant


def test_words_of_others_are_no_suggestion(gallery: Db) -> None:
    of, said = queued(gallery, "theirs", owner="somebody else"), tag("beatrix", kind="user")
    apart = TagVector(kind="user", text="beatrix", vector=place("harbour"))
    result = embedded(gallery, of, said, tag_vectors=[apart], owner="somebody else")
    assert apply_result(gallery, result)
    assert ask(gallery, "beatrx").did_you_mean is None
    assert ask(gallery, "user:beatrx").did_you_mean is None
    assert ask(gallery, "label:beatrix").did_you_mean is None
    assert ask(gallery, "beatrx", owner="somebody else").did_you_mean == "beatrix"


def test_no_answer_mixes_generations(gallery: Db) -> None:
    of = ready(gallery, "IMG_1", tag("cat", 0.9))
    record.requeue_photo(gallery, of, OWNER)
    assert [one.id for one in ask(gallery, "cat").photos] == [str(of)]
    apply_result(gallery, embedded(gallery, of, tag("harbour", 0.9)))
    assert ask(gallery, "cat", strictness=0).photos == []
    assert [one.id for one in ask(gallery, "harbour").photos] == [str(of)]
    record.doom_photo(gallery, of, OWNER)
    assert ask(gallery, "harbour", strictness=0).photos == []


def test_names_of_techniques_and_moods_are_known_by_heart() -> None:
    assert Terms().meaning("sad") == {}
