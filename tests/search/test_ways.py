"""Sides of an 'or': what stands in one of them beside a word holds there, and only there."""

from collections.abc import Sequence
from datetime import date

import pytest

from services.common.api import Exif
from services.search.database import Db
from services.search.language.plan import NOTHING
from tests.search.photos import ask, asking, ready, tag


@pytest.fixture
def gallery(db: Db) -> Db:
    def taken(year: int) -> Exif:
        return Exif.model_validate({"taken_at": f"{year}-05-01T12:00:00"})

    ready(db, "cat", tag("cat"), exif=taken(2020))
    ready(db, "cat-and-dog", tag("cat", 0.95), tag("dog"), exif=taken(2021))
    ready(db, "dog", tag("dog"), exif=taken(2021))
    ready(db, "bird", tag("bird"), exif=taken(2020))
    ready(db, "bird-and-dog", tag("bird"), tag("dog"), exif=taken(2021))
    ready(db, "sea", tag("sea"), exif=taken(2020))
    return db


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("cat or bird", ["bird", "bird-and-dog", "cat", "cat-and-dog"]),
        ("(cat -dog) or bird", ["bird", "bird-and-dog", "cat"]),
        ("bird or (cat -dog)", ["bird", "bird-and-dog", "cat"]),
        ("(cat -dog) or (bird -dog)", ["bird", "cat"]),
        ("(cat year:2021) or bird", ["bird", "bird-and-dog", "cat-and-dog"]),
        ("(cat year:2021) or (bird year:2020)", ["bird", "cat-and-dog"]),
        ("((cat -dog) or bird) year:2020", ["bird", "cat"]),
        ("sea or ((cat or bird) year:2020)", ["bird", "cat", "sea"]),
        ("sea or (year:2021 ((cat -dog) or bird))", ["bird-and-dog", "sea"]),
        ("(cat year:1999) or sea", ["sea"]),
    ],
)
def test_a_side_of_an_or_is_all_that_it_says(gallery: Db, q: str, names: Sequence[str]) -> None:
    photos = ask(gallery, q).photos
    assert {photo.filename for photo in photos} == {f"{name}.jpg" for name in names}
    for photo in photos:
        assert sum(reason.points for reason in photo.why) == pytest.approx(photo.likeness, abs=1e-6)


def test_photos_that_have_all_of_a_side_are_looked_for_by_all_of_it(gallery: Db) -> None:
    """Among many cats the surest would be others than those of the year."""
    asked = asking().understand(gallery, "(cat year:2021) or bird", date(2026, 11, 22))
    (gate,) = asked.conditions
    assert "2021" in gate.path
    assert "$.t[*]" not in gate.path
    assert "$.t[*]" in gate.key
    assert "2021" in gate.key


def test_a_quoted_name_beside_an_or_reads_no_whole_gallery(gallery: Db) -> None:
    assert {photo.filename for photo in ask(gallery, '"sea" or bird').photos} == {
        "bird.jpg",
        "bird-and-dog.jpg",
        "sea.jpg",
    }
    (gate,) = asking().understand(gallery, '"no such name" or bird', date(2026, 11, 22)).conditions
    assert gate.key == NOTHING
