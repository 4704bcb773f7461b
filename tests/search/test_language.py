"""The query language: what is typed, what is understood, and where reading stops."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.search.candidates import COLOUR_ORDER
from services.search.database import Db
from services.search.language.dates import read_days
from services.search.language.grammar import parse
from services.search.language.known import Term, Terms, stem
from services.search.language.plan import path_of
from services.search.language.reading import Reader
from services.search.language.syntax import (
    ARTICLES,
    JOINING,
    SAFE_WORD,
    All,
    Any,
    BadQuery,
    Field,
    Node,
    Not,
    Phrase,
    Word,
    show,
)

TODAY = date(2026, 11, 22)
TERMS = Terms(
    [
        Term(1, "label", "dog"),
        Term(2, "label", "person"),
        Term(3, "mood", "melancholic"),
        Term(4, "composition", "leading lines"),
        Term(5, "label", "street"),
        Term(6, "label", "golden retriever"),
        Term(7, "label", "tabby cat"),
        Term(-4, "colour", "red"),
        Term(-9, "colour", "teal"),
        Term(-30, "camera", "leica m10"),
    ]
)


def chips(q: str) -> list[tuple[str, str, str, bool]]:
    node = parse(q)
    assert node
    read = Reader(TERMS, TODAY).read(node)
    return [(chip.text, chip.kind, chip.meaning, chip.negated) for chip in read.chips]


def path(q: str) -> str | None:
    node = parse(q)
    assert node
    return path_of(Reader(TERMS, TODAY).read(node).part)


# --- the tree and its text

words = st.sampled_from(ARTICLES) | st.from_regex(SAFE_WORD, fullmatch=True).filter(
    lambda word: word.lower() not in JOINING
)
quoted = st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"]), max_size=8)
fields = st.builds(
    Field,
    st.from_regex(r"[a-z]{1,6}", fullmatch=True),
    st.lists(quoted, min_size=1, max_size=3).map(tuple),
    st.just(""),
) | st.builds(
    Field,
    st.from_regex(r"[a-z]{1,6}", fullmatch=True),
    st.lists(quoted, max_size=2).map(tuple),
    st.sampled_from(["=", ">", ">=", "<", "<="]),
    quoted,
)
atoms = st.builds(Word, words) | st.builds(Phrase, quoted) | fields


def joined(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, nodes) | st.builds(All, several) | st.builds(Any, several)


@given(st.recursive(atoms, joined, max_leaves=8))
@settings(max_examples=300, deadline=None)
def test_a_printed_tree_reads_as_itself(node: Node) -> None:
    assert parse(show(node)) == node


@pytest.mark.parametrize("q", ["", "&", "and", "& &", "(&)", "-(and)", "not (and) & (&)"])
def test_joining_words_alone_ask_nothing(q: str) -> None:
    assert parse(q) is None


def test_joining_words_that_join_nothing_are_passed_over() -> None:
    assert parse("dog (and) & sea") == parse("dog sea")


@given(st.text(max_size=60) | st.from_regex(r'[a-z\-"() :<>,.]{0,40}', fullmatch=True))
@settings(max_examples=500, deadline=None)
def test_whatever_is_typed_is_read_or_refused_at_a_character(q: str) -> None:
    node = refused = None
    try:
        node = parse(q)
        if node:
            read = Reader(TERMS, TODAY).read(node)
            path_of(read.part)
            assert all(0 <= chip.span.start <= chip.span.end <= len(q) for chip in read.chips)
    except BadQuery as error:
        refused = error
    assert parse(show(node)) == node
    assert refused is None or (refused.message and 0 <= refused.position <= len(q))


@pytest.mark.parametrize(
    ("q", "position", "message"),
    [
        ("dog (cat", 4, "this parenthesis is not closed"),
        ("dog) cat", 3, "this parenthesis was not opened"),
        ('dog "cat', 4, "this quote is not closed"),
        ("dog or", 6, "nothing comes after 'or'"),
        ("mood:", 5, "nothing comes after 'mood:'"),
        ("dog modd:sad", 4, "there is no field 'modd:'; did you mean 'mood:'?"),
        ("iso:blue", 0, "'blue' means nothing to 'iso:'"),
        ("a date:soon", 2, "'soon' means nothing to 'date:'"),
    ],
)
def test_an_error_points_at_the_character(q: str, position: int, message: str) -> None:
    with pytest.raises(BadQuery) as refused:
        Reader(TERMS, TODAY).read(parse(q) or Word(""))
    assert (refused.value.position, refused.value.message) == (position, message)


# --- plain words


def test_plain_words_are_understood_without_a_model() -> None:
    assert chips("lonely street with leading lines -people") == [
        ("lonely", "mood", "melancholic", False),
        ("street", "label", "street", False),
        ("leading lines", "composition", "leading lines", False),
        ("people", "label", "person", True),
    ]


def test_numbers_and_cameras_are_filters() -> None:
    kinds = [kind for _, kind, _, _ in chips("30 % teal 1/250 f/2.8 iso 800 50mm leica")]
    assert kinds == ["colour", "s", "f", "iso", "mm", "camera"]


def test_an_or_joins_phrases_not_their_last_and_first_words() -> None:
    node = parse("golden retriever or tabby cat street")
    assert node
    assert [text for text, *_ in chips("golden retriever or tabby cat street")] == [
        "golden retriever",
        "tabby cat",
        "street",
    ]
    assert len(getattr(Reader(TERMS, TODAY).read(node).part, "children", ())) == 2


@pytest.mark.parametrize("q", ["-people", "no people", "without any people", "not people"])
def test_negation_in_plain_english_is_negation(q: str) -> None:
    assert path(q) == "!($.t[*] == 2 || $.likely[*] == 2)"


def test_a_negated_phrase_is_negated_as_a_whole() -> None:
    assert path("-leading lines") == "!($.t[*] == 4 || $.likely[*] == 4)"


def test_not_either_is_neither_and_not_both_is_one_of_them_missing() -> None:
    dog, street = (f"!($.t[*] == {n} || $.likely[*] == {n})" for n in (1, 5))
    assert path("-(dog or street)") == f"({dog} && {street})"
    assert path("-(dog street)") == f"({dog} || {street})"


def test_a_technique_may_be_asked_for_with_a_confidence() -> None:
    assert path('technique:"leading lines">0.97') == (
        '($.t[*] == 4 && $.c like_regex "^(?:.{10})*00000004(?:6[234])")'
    )


def test_one_word_stands_for_its_plural_and_its_accents() -> None:
    assert stem("Rues Étroites") == stem("rue etroite")
    assert [stem(word) for word in ("glasses", "ladies", "bus", "grass")] == [
        "glass",
        "lady",
        "bus",
        "grass",
    ]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("last winter", "2025-12-01 to 2026-02-28"),
        ("june 2024", "2024-06-01 to 2024-06-30"),
        ("before 2020", "before 2020-01-01"),
        ("2020..2022", "2020-01-01 to 2022-12-31"),
        ("the 90s", "1990-01-01 to 1999-12-31"),
        ("winter 2023", "2023-12-01 to 2024-02-29"),
        ("12 june 2024", "2024-06-12 to 2024-06-12"),
        ("june", "june"),
        ("between 2019 and 2024", "2019-01-01 to 2024-12-31"),
        ("between june 2023 may 2024", "2023-06-01 to 2024-05-31"),
        ("from june 2023 to may 2024", "2023-06-01 to 2024-05-31"),
        ("2019-2024", "2019-01-01 to 2024-12-31"),
        ("24.12.2025", "2025-12-24 to 2025-12-24"),
        ("2024..2019", "2019-01-01 to 2024-12-31"),
        ("from june to july", "None"),
        ("31.2.2025", "None"),
        ("may", "None"),
        ("2020-13", "None"),
        ("99999", "None"),
    ],
)
def test_dates_as_people_say_them(text: str, meaning: str) -> None:
    assert str(read_days(text, TODAY)) == meaning


@given(st.text(max_size=20) | st.from_regex(r"(last |before )?[0-9a-z .-]{0,16}", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    read_days(text, TODAY)


def test_the_colours_of_the_language_are_those_of_the_database(db: Db) -> None:
    rows = db.execute("SELECT name FROM colour ORDER BY number").fetchall()
    assert tuple(name for (name,) in rows) == COLOUR_ORDER


def test_every_filter_that_can_be_said_is_one_the_database_reads(db: Db) -> None:
    for q in (
        "30 % teal 1/250 f/2.8 iso 800 leica june", "color:#208080>20%", "iso:100..800",
        "subject:left", "-is:portrait has:gps", "valence:>0.2 energy:<-0.5", "x:-1..0.5",
        "name:a\\b$.x'", "date:2024 or dog",
        "month:june uploaded:2024 year:2020 -y:0.2", "by:effi orientation:square",
    ):  # fmt: skip
        said = path(q)
        if said:
            db.execute("SELECT '{}'::jsonb @@ %s::jsonpath", [said])
