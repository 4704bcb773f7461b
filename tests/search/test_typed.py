"""What photographers type beside words: ranges, limits, shapes, and denials of denials."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.search.database import Db
from services.search.language.grammar import parse
from services.search.language.known import Term, Terms
from services.search.language.plan import Want, asks_nothing, path_of
from services.search.language.reading import Reader, Reading
from services.search.language.syntax import BadQuery

TODAY = date(2026, 11, 22)
TERMS = Terms(
    [
        Term(1, "label", "dog"),
        Term(5, "label", "street"),
        Term(-9, "colour", "teal"),
        Term(-30, "camera", "leica m10"),
        Term(-31, "lens", "rf24-70mm f2.8 l is usm"),
        Term(-40, "orientation", "square"),
    ]
)


def understood(q: str, terms: Terms = TERMS) -> Reading:
    node = parse(q)
    assert node
    return Reader(terms, TODAY).read(node)


def path(q: str, terms: Terms = TERMS) -> str | None:
    return path_of(understood(q, terms).part)


@pytest.mark.parametrize(
    ("q", "query"),
    [
        ("iso > 800", "iso:>800"),
        ("iso100-400", "iso:100..400"),
        ("iso 100 to 400", "iso:100..400"),
        ("f 2.8", "f:2.8"),
        ("f/2.8-f/8", "f:2.8..8"),
        ("< f/4", "f:<4"),
        ("50-85mm", "mm:50..85"),
        (">= 85 mm", "mm:>=85"),
        ("1/1000-1/250", "exposure:1/1000..1/250"),
        ("24-70mm", "lens:24-70mm"),
    ],
)
def test_ranges_and_limits_need_no_field(q: str, query: str) -> None:
    (chip,) = understood(q).chips
    assert (chip.query, chip.text) == (query, q)
    assert path(query) in (path(q), f"({path(q)})")


@pytest.mark.parametrize("q", ["leica m10", "dog leica m10", "leica"])
def test_a_camera_filters_by_its_whole_name_too(q: str) -> None:
    assert path(q) == "$.t[*] == -30"


def test_a_shape_filters_whether_or_not_a_photo_has_it() -> None:
    assert path("dog square") == '$.o == "square"'


def test_a_year_is_that_year_and_an_hour_that_hour() -> None:
    assert path("year:2024") == "(($.y >= 2024 && $.y <= 2024 && ($.y == 2024)))"
    assert path("hour:20") == "(($.hour >= 20 && $.hour <= 20 && ($.hour == 20)))"


def test_a_range_that_was_said_backwards_is_that_range() -> None:
    assert path("iso:400..100") == path("iso:100..400")
    assert path("date:2024..2019") == path("date:2019..2024")


@pytest.mark.parametrize("q", ["iso:100...200", "date:june..", "date:june..july"])
def test_what_is_no_range_is_refused(q: str) -> None:
    with pytest.raises(BadQuery):
        path(q)


def test_nothing_is_called_sharp_here_so_it_is_what_is_not_blurry() -> None:
    blurry = Terms([Term(1, "label", "blurred"), Term(2, "label", "dog")])
    for q in ("sharp", "tack sharp", "is:sharp"):
        asked = path(q, blurry)
        assert "$.t[*] > 0 && !($.t[*] == 1)" in (asked or "")
    called = Terms([Term(1, "label", "blurred"), Term(3, "label", "sharp")])
    assert path("sharp", called) is None
    assert "$.t[*] == 3 ||" in (path("is:sharp", called) or "")


@pytest.mark.parametrize("q", ["not not dog", "--dog", "-(-(dog))", "-(-dog)"])
def test_not_not_is_as_if_nothing_was_denied(q: str) -> None:
    assert isinstance(understood(q).part, Want)
    assert not understood(q).chips[0].negated


def test_what_a_negation_lets_in_must_be_there() -> None:
    street = "!($.t[*] == 5 || $.likely[*] == 5)"
    assert path("-(-dog street)") == f"($.t[*] == 1 || {street})"
    assert path("-(-dog or street)") == f"($.t[*] == 1 && {street})"


@pytest.mark.parametrize("q", ['-""', '-"…"', '-("" "")', '-(-"")', '"" ""', '"" or ""'])
def test_quotes_around_nothing_ask_for_nothing(q: str) -> None:
    assert asks_nothing(understood(q).part)
    assert path(f"dog {q}") == path("dog")


@given(
    st.lists(
        st.sampled_from(
            [
                "-",
                "not ",
                "(",
                ")",
                '""',
                '"…"',
                " or ",
                " ",
                "dog",
                "teal",
                "'",
                "\\",
                "2024",
                "iso:100..",
                "label:dog>0.5",
                "leica",
                "is:sharp",
                "name:x",
                "f/2.8",
                '"a b"',
                "😀",
            ]
        ),
        max_size=12,
    )
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_is_a_filter_that_the_database_reads(
    schema: Db, parts: list[str]
) -> None:
    try:
        node = parse("".join(parts))
        said = path_of(Reader(TERMS, TODAY).read(node).part) if node else None
    except BadQuery:
        return
    if said:
        schema.execute("SELECT '{}'::jsonb @@ %s::jsonpath", [said])
