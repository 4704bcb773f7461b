"""What people say in so many words: ranges, settings, times, lists of what must not be there."""

from datetime import date
from typing import cast

import pytest

from services.common.api import Exif
from services.search.completion import complete
from services.search.database import Db, Pool
from services.search.language.dates import read_days
from services.search.language.grammar import parse
from services.search.language.holidays import holiday_days
from services.search.language.known import Term, Terms
from services.search.language.plan import path_of, wants_of
from services.search.language.reading import Reader, Reading
from services.search.language.syntax import show
from services.search.understanding import swaps
from tests.search.photos import OWNER, Same, ask, asking, ready, tag

TODAY = date(2026, 11, 22)
TERMS = [
    Term(1, "label", "dog"), Term(2, "label", "person"), Term(3, "label", "ski"),
    Term(4, "label", "smile"), Term(5, "label", "lavender"), Term(6, "label", "copy space left"),
    Term(7, "label", "sports car"), Term(8, "label", "shallow depth of field"),
    Term(9, "label", "skyline"), Term(10, "label", "city"), Term(11, "label", "portrait"),
    Term(-1, "colour", "purple"), Term(-30, "camera", "fujifilm x-t4"),
]  # fmt: skip


def understood(q: str) -> Reading:
    node = parse(q)
    assert node
    return Reader(Terms(TERMS), TODAY).read(node)


def path(q: str) -> str | None:
    return path_of(understood(q).part)


def wanted(q: str) -> list[tuple[int, bool]]:
    """The likest word of the gallery for each want, and whether it must not be there."""
    wants = [(want.likeness, out) for want, out in wants_of(understood(q).part)]
    return [(max(like, key=lambda number: like[number], default=0), out) for like, out in wants]


@pytest.mark.parametrize(
    ("q", "query"),
    [
        ("f/2.8 - f/8", "f:2.8..8"),
        ("50 mm - 85 mm", "mm:50..85"),
        ("iso 100 - 400", "iso:100..400"),
        ("iso 100 \u2013 400", "iso:100..400"),
        ("1/1000 s - 1/250 s", "exposure:1/1000..1/250"),
        ("iso between 100 and 400", "iso:100..400"),
        ("between 50 and 85mm", "mm:50..85"),
        ("iso over 3200", "iso:>3200"),
        ("over iso 3200", "iso:>3200"),
        ("iso under 400", "iso:<400"),
        ("iso at least 800", "iso:>=800"),
        ("iso up to 800", "iso:<=800"),
        ("iso 800+", "iso:>=800"),
        ("iso 800 and above", "iso:>=800"),
        ("faster than 1/500", "exposure:<1/500"),
        ("wider than f/2.8", "f:<2.8"),
        ("longer than 200mm", "mm:>200"),
        ("2 seconds", "exposure:2"),
        ("24 megapixels", "mp:24"),
        ("high iso", "iso:>=1600"),
        ("fast shutter", "exposure:<=1/500"),
        ("wide open", "f:<=2.8"),
        ("wide-angle lens", "mm:<=35"),
        ("telephoto", "mm:>=100"),
    ],
)
def test_a_setting_is_read_as_it_is_said(q: str, query: str) -> None:
    (chip,) = understood(q).chips
    assert (chip.query, chip.text.replace(" and", "")) == (query, q.replace(" and", ""))
    assert path(query) in (path(q), f"({path(q)})")


@pytest.mark.parametrize("q", ["dog - ski", "dog \u2013 ski"])
def test_a_dash_between_words_is_nothing(q: str) -> None:
    assert wanted(q) == [(1, False), (3, False)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("two years ago", "2024-01-01 to 2024-12-31"),
        ("3 months ago", "2026-08-01 to 2026-08-31"),
        ("a week ago", "2026-11-09 to 2026-11-15"),
        ("past few weeks", "2026-11-01 to 2026-11-22"),
        ("2019 - 2021", "2019-01-01 to 2021-12-31"),
        ("june 2020 until may 2021", "2020-06-01 to 2021-05-31"),
        ("the summer of 2022", "2022-06-01 to 2022-08-31"),
        ("early 2020", "2020-01-01 to 2020-04-30"),
        ("dec 24th 2020", "2020-12-24 to 2020-12-24"),
        ("24th of december 2020", "2020-12-24 to 2020-12-24"),
        ("12/24/2020", "2020-12-24 to 2020-12-24"),
        ("christmas 2023", "2023-12-20 to 2023-12-26"),
        ("last christmas", "2025-12-20 to 2025-12-26"),
        ("easter 2022", "2022-04-15 to 2022-04-18"),
        ("in may", "may"),
    ],
)
def test_a_date_is_read_as_it_is_said(text: str, days: str) -> None:
    assert str(read_days(text, TODAY)) == days


@pytest.mark.parametrize(
    "text", ["05/06/2020", "last big weeks", "a dog ago", "2021 of", "christmas"]
)
def test_what_may_be_another_day_or_none_is_no_date(text: str) -> None:
    assert read_days(text, TODAY) is None


def test_thanksgiving_is_the_fourth_thursday() -> None:
    assert holiday_days("thanksgiving", 2023) == (date(2023, 11, 23), date(2023, 11, 27))


@pytest.mark.parametrize(
    ("q", "tree"),
    [
        ("no people or cars", "-(people or cars)"),
        ("without people and cars at night", "-(people or cars) at night"),
        ("neither people nor cars", "-(people or cars)"),
        ("dog excluding people", "dog -people"),
        ("without people and not dark", "-people -dark"),
        ("no people and", "-people"),
        ("-people or cars", "-people or cars"),
        ("not people or cars", "-people or cars"),
        ('"leading lines">0.8', 'tag:"leading lines">0.8'),
    ],
)
def test_no_and_without_deny_all_that_they_list(q: str, tree: str) -> None:
    node = parse(q)
    assert show(node) == tree
    assert parse(tree) == node


def test_a_list_of_what_must_not_be_there_holds_whole_names() -> None:
    assert wanted("no people or sports cars") == [(2, True), (7, True)]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("nobody", [(2, True)]),
        ("empty city", [(2, True), (10, False)]),
        ("non-portrait", [(11, True)]),
        ("people-free city", [(2, True), (10, False)]),
        ("skiing", [(3, False)]),
        ("people smiling", [(2, False), (4, False)]),
        ("\U0001f436", [(1, False)]),
        ("shallow DOF", [(8, False)]),
        ("room for text on the left", [(6, False)]),
        ("city skyline", [(9, False)]),
        ("lavender", [(5, False)]),
    ],
)
def test_a_word_is_taken_for_what_it_means(q: str, found: list[tuple[int, bool]]) -> None:
    assert wanted(q) == found


def test_the_beginning_of_a_cameras_name_will_do() -> None:
    assert [chip.kind for chip in understood("fuji").chips] == ["camera"]


@pytest.mark.parametrize(
    ("typed", "word", "slipped"),
    [("protrait", "portrait", True), ("mountian", "mountain", True), ("trial", "trail", False),
     ("fountain", "mountain", False), ("carton", "cartoon", False)],
)  # fmt: skip
def test_two_letters_of_a_long_word_that_are_swapped_are_a_slip(
    typed: str, word: str, slipped: bool
) -> None:
    assert swaps(typed, word) is slipped


def test_a_slip_finds_what_was_meant_however_far_the_words_lie(db: Db) -> None:
    ready(db, "somebody", tag("portrait"))
    ready(db, "dog", tag("dog"), width=300, height=400)
    best = ask(db, "protrait").photos[0]
    assert ("portrait", "label") in [(why.tag, why.kind) for why in best.why]


def test_completion_names_what_is_known_by_heart_before_what_lies_near(db: Db) -> None:
    ready(db, "street", tag("melancholic", kind="mood"), tag("fog"))
    of = asking()
    asked = of.understand(db, "lonely")
    assert asked.model
    of.meaning.learn(
        cast(Pool, Same(db)), asked.model["model_id"], asked.model["name"], ("lonely",)
    )
    page = complete(db, OWNER, of, prefix="lonely", kind=None, limit=5)
    assert [one.text for one in page.tags] == ["melancholic", "fog"]


def test_who_denies_beside_an_or_gets_what_is_wanted_first(db: Db) -> None:
    ready(db, "both", tag("mountain"), tag("sea"))
    ready(db, "sea", tag("sea"))
    ready(db, "dog", tag("dog"))
    ready(db, "mountain", tag("mountain"))
    photos = ask(db, "not mountain or sea").photos
    assert {photos[0].filename, photos[1].filename} == {"both.jpg", "sea.jpg"}
    assert [photo.filename for photo in photos[2:]] == ["dog.jpg"]
    assert photos[2].why[0].tag == "not mountain"


def test_who_asks_for_all_photos_gets_them(db: Db) -> None:
    ready(db, "dog", tag("dog"))
    ready(db, "cat", tag("cat"))
    assert ask(db, "show me all photos").total == 2
    assert ask(db, "the of and").total == 0
    assert ask(db, "no photos").total == 0


def test_a_time_of_the_day_is_the_cameras_and_is_soft(db: Db) -> None:
    def at(hour: int) -> Exif:
        return Exif.model_validate({"taken_at": f"2024-05-01T{hour:02}:30:00"})

    ready(db, "early", tag("fog"), exif=at(7))
    ready(db, "late", tag("fog"), exif=at(20))
    ready(db, "dateless", tag("fog"))
    photos = ask(db, "foggy morning", strictness=0).photos
    assert photos[0].filename == "early.jpg"
    assert len(photos) == 3


def test_what_only_looks_like_a_comparison_is_words() -> None:
    for typed in ('<img onerror="x">', '"sky">', '"sky" > blue', '"a"='):
        assert parse(typed)
