"""What plain words stand for: other names, kinds, wider words, shapes, and words run together."""

from datetime import date

import pytest

from services.common.events import TagVector
from services.search.apply import apply_result
from services.search.database import Db
from services.search.language.grammar import parse
from services.search.language.known import BROADER, Term, Terms
from services.search.language.plan import Want, wants_of
from services.search.language.reading import Reader, Reading
from services.search.language.syntax import Word
from services.search.vocabulary import Vocabulary
from tests.search.photos import ask, embedded, place, queued, ready, tag

TERMS = [
    Term(1, "label", "black and white"), Term(2, "label", "person"), Term(3, "label", "landscape"),
    Term(6, "label", "dog"), Term(7, "label", "cat"), Term(8, "composition", "symmetry"),
    Term(9, "mood", "melancholic"),
    Term(-1, "colour", "black"), Term(-2, "colour", "white"), Term(-3, "orientation", "landscape"),
    Term(-4, "orientation", "portrait"),
]  # fmt: skip


def read(q: str, *more: Term) -> Reading:
    node = parse(q)
    assert node
    return Reader(Terms([*TERMS, *more]), date(2026, 11, 22)).read(node)


def wants(q: str, *more: Term) -> list[tuple[str, dict[int, float], bool]]:
    found = wants_of(read(q, *more).part)
    return [(want.text, dict(want.likeness), negated) for want, negated in found]


@pytest.mark.parametrize("q", ["black and white", "black & white", "b&w", "Black-and-White"])
def test_an_and_within_a_name_is_part_of_it(q: str) -> None:
    ((_, likeness, _),) = wants(q)
    assert max(likeness, key=lambda number: likeness[number]) == 1


@pytest.mark.parametrize(
    "q", ["dog,cat", "dog, cat", "dog/cat", "dog and cat", "dog;cat", "dog+cat"]
)
def test_words_run_together_are_words(q: str) -> None:
    assert [text for text, _, _ in wants(q)] == ["dog", "cat"]
    assert [q[chip.span.start : chip.span.end] for chip in read(q).chips] == ["dog", "cat"]


def test_a_fraction_is_not_taken_apart() -> None:
    assert [chip.kind for chip in read("1/250 f/2.8").chips] == ["s", "f"]


@pytest.mark.parametrize("q", ["dog !people", "dog w/o people", "dog but no people"])
def test_there_are_more_ways_to_say_not(q: str) -> None:
    assert [negated for *_, negated in wants(q)] == [False, True]


@pytest.mark.parametrize("q", ["something sad", "pictures of anything sad", "a sad kind of mood"])
def test_filler_asks_for_nothing(q: str) -> None:
    assert [list(likeness) for _, likeness, _ in wants(q)] == [[9]]


def test_a_landscape_is_no_shape_unless_that_is_said() -> None:
    assert wants("landscape") == [("landscape", {3: 1.0}, False)]
    assert read("landscape format").chips[0].kind == "orientation"


def test_a_portrait_is_a_shape_only_where_nobody_was_portrayed() -> None:
    nobody = Terms([Term(-4, "orientation", "portrait")])
    chips = Reader(nobody, date(2026, 11, 22)).read(Word("portrait")).chips
    assert [chip.kind for chip in chips] == ["orientation"]
    assert wants("portrait", Term(20, "label", "portrait"))[0][1] == {20: 1.0}


def test_a_wider_word_will_do_where_there_is_no_other() -> None:
    assert wants("woman") == [("woman", {2: BROADER}, False)]
    assert wants("woman", Term(20, "label", "woman")) == [("woman", {20: 1.0}, False)]
    assert wants("reflections") == [("reflections", {8: BROADER}, False)]


def test_leaving_out_a_kind_leaves_in_the_wider_thing(db: Db) -> None:
    ready(db, "somebody", tag("person"))
    ready(db, "sheep", tag("sheep"))
    assert ask(db, "-woman").total == 2
    assert ask(db, "-people").total == 1


def test_who_only_leaves_out_is_told_no_other_reason(db: Db) -> None:
    ready(db, "somebody", tag("person"))
    ready(db, "sheep", tag("sheep"))
    (why,) = ask(db, "pictures without people").photos[0].why
    assert (why.tag, why.kind, why.points) == ("not what is left out", "filter", 1.0)


def test_words_that_the_lexicon_tells_apart_are_never_nearly_the_same(db: Db) -> None:
    for side in ("left", "right"):
        of, said = queued(db, side), tag(f"copy space {side}")
        beside = TagVector(kind=said.kind, text=said.text, vector=place("copy space"))
        assert apply_result(db, embedded(db, of, said, tag_vectors=[beside]))
    assert ask(db, "copy space left").photos[0].likeness > 0.8
    assert ask(db, "copy space left").total == 1


def test_a_slip_is_the_nearest_word_that_begins_alike() -> None:
    vocabulary = Vocabulary()
    vocabulary.terms.add([Term(1, "label", "mountain"), Term(2, "label", "waterfowl")])
    assert vocabulary.spelled_like("mountian", most=1) == ["mountain"]
    assert vocabulary.spelled_like("waterfal", most=1) == ["waterfall"]
    assert vocabulary.spelled_like("fountain") == []


def test_a_want_knows_how_nearly_it_can_be_said() -> None:
    assert Want("dog", {1: 0.4, 2: 0.7}).said == 0.7
    assert Want("xyzzy").said == 0.0
