"""Alternatives: what an 'or' takes whole, and what no photo can be at once."""

from datetime import datetime

import pytest

from services.common.api import Exif
from services.search.database import Db
from services.search.language.grammar import parse
from services.search.language.syntax import BadQuery
from tests.search.photos import ask, ready, tag
from tests.search.test_said import path, understood, wanted


@pytest.mark.parametrize(
    ("q", "either"),
    [
        ("2019 and 2021", "2019 or 2021"),
        ("dog 2019, 2020 and 2022", "2019 or 2020 or 2022"),
        ("june and july", "june or july"),
        ("christmas 2020 & easter 2021", "christmas 2020 or easter 2021"),
        ("horizontal and vertical", "horizontal or vertical"),
        ("24mm and 50mm", "24mm or 50mm"),
        ("iso 100 iso 400", "iso 100 or iso 400"),
    ],
)
def test_what_no_photo_can_be_at_once_is_either(q: str, either: str) -> None:
    assert path(q) == path(either)


@pytest.mark.parametrize(
    ("q", "both"),
    [
        ("after 2019 and before 2022", "(after 2019) (before 2022)"),
        ("2020 june", "(2020) (june)"),
        ("iso over 100 and iso under 400", "(iso over 100) (iso under 400)"),
        ("-2019 and -2021", "(-2019) (-2021)"),
        ("24-70mm and 50mm", "(24-70mm) (50mm)"),
    ],
)
def test_what_a_photo_can_be_at_once_is_both(q: str, both: str) -> None:
    assert path(q) == path(both)


def test_a_list_of_dates_is_either() -> None:
    assert path("date:2019,2021") == f"({path('2019')} || {path('2021')})"
    assert path("date:june,2024") == path("june 2024")
    assert [chip.meaning for chip in understood("date:june,july").chips] == ["june or july"]
    for q in ("date:2019,soon", "before:2019,2021"):
        with pytest.raises(BadQuery):
            understood(q)


def test_photos_of_two_years_are_found_by_both(db: Db) -> None:
    for year in (2019, 2020, 2021):
        ready(db, f"{year}", tag("dog"), exif=Exif(taken_at=datetime(year, 6, 1, 12)))
    found = ask(db, "dogs 2019 and 2021").photos
    assert {photo.filename for photo in found} == {"2019.jpg", "2021.jpg"}
    for photo in ask(db, "2019 and 2021").photos:
        assert [(why.kind, why.share) for why in photo.why] == [("date", 1.0)]
        assert " or " in photo.why[0].tag


def test_a_whole_name_of_a_file_finds_the_file(db: Db) -> None:
    for name in ("matterhorn", "dog at home", "dog"):
        ready(db, name, tag("dog"))
    for q in ("matterhorn.jpg", '"matterhorn.jpg"', "Matterhorn.JPG", "dog matterhorn.jpg"):
        assert [photo.filename for photo in ask(db, q).photos] == ["matterhorn.jpg"]
    assert [photo.filename for photo in ask(db, '"dog at home.jpg"').photos] == ["dog at home.jpg"]
    assert "matterhorn.jpg" not in [
        photo.filename for photo in ask(db, "dog -matterhorn.jpg").photos
    ]


def test_a_blue_hour_is_no_sunset(db: Db) -> None:
    ready(db, "red", tag("sunset"))
    ready(db, "blue", tag("night"))
    assert [photo.filename for photo in ask(db, "blue hour").photos] == ["blue.jpg"]


@pytest.mark.parametrize(
    ("q", "whole"),
    [
        ("rule of thirds or symmetry", '"rule of thirds" symmetry'),
        ("shallow depth of field or city", '"shallow depth of field" city'),
        ("dog or city or shallow depth of field", 'dog city "shallow depth of field"'),
        ("person rule of thirds or dog or city", 'person "rule of thirds" dog city'),
    ],
)
def test_an_or_takes_the_whole_of_a_long_phrase(q: str, whole: str) -> None:
    told = " ".join(
        chip.text if " " not in chip.text else f'"{chip.text}"' for chip in understood(q).chips
    )
    assert told == whole


@pytest.mark.parametrize(
    "q",
    ["iso > 800 or dog", "30 % purple or red", "last 3 weeks or 2019", "50 mm - 85 mm or 23mm",
     "two years ago or last winter", "12 june 2024 or 2019", "fujifilm x-t4 or leica"],
)  # fmt: skip
def test_an_or_takes_the_whole_of_a_date_or_a_number(q: str) -> None:
    one, other = q.split(" or ")
    chips = [chip.meaning for chip in understood(q).chips]
    assert chips == [chip.meaning for side in (one, other) for chip in understood(side).chips]


def test_a_colour_is_said_as_designers_write_it_and_as_what_prevails() -> None:
    assert path("#ff0000") == path("color:#ff0000>=8%")
    (half,) = understood("mostly purple").chips
    assert (half.kind, half.meaning) == ("colour", "about 50% purple")
    assert path("mainly purple dog") == path("50 % purple dog")
    assert [chip.kind for chip in understood("mostly dog").chips] == ["words", "label"]


@pytest.mark.parametrize(
    ("q", "plain"),
    [
        ("without a dog or a person", "without dog or person"),
        ("no dogs and no people", "no dogs no people"),
        ("neither a dog nor a person", "neither dog nor person"),
        ("without the dog", "-dog"),
        ("a dog or a person", "dog or person"),
        ("a dog and the person", "dog person"),
    ],
)
def test_an_article_asks_for_nothing(q: str, plain: str) -> None:
    assert wanted(q) == wanted(plain)


def test_an_article_that_nothing_follows_is_a_word() -> None:
    assert parse("dog or a or b") == parse("dog or (a) or b")
    assert parse("vitamin or a") == parse("vitamin or (a)")
