"""Page after page, in any order, to the last photo; and moods by their place on the map."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.common.api import Exif
from services.search import candidates
from services.search.database import Db
from services.search.language.syntax import BadQuery
from tests.search.photos import ask, asking, felt, ready, tag

SERENE, TENSE, JOYFUL = (0.6, -0.7), (-0.5, 0.6), (0.8, 0.6)


@pytest.fixture
def cats(db: Db) -> list[UUID]:
    """The surest first, the oldest first."""
    return [
        ready(
            db,
            f"cat {number}",
            tag("cat", 0.95 - number / 100),
            exif=Exif(taken_at=datetime(2020, 1, 1 + number)),
            taken_at=datetime(2020, 1, 1 + number),
        )
        for number in range(12)
    ]


@pytest.mark.parametrize(("sort", "turned"), [("relevance", 1), ("oldest", 1), ("newest", -1)])
def test_pages_go_on_past_the_best_to_the_last_photo(
    db: Db, cats: list[UUID], monkeypatch: pytest.MonkeyPatch, sort: str, turned: int
) -> None:
    monkeypatch.setattr(candidates, "FEW_WEIGHED", candidates.Depth(9, 4, 10))
    of = asking()
    cursor: str | None = None
    seen: list[str] = []
    for _ in range(9):
        page = ask(db, "cat", of=of, limit=3, cursor=cursor, sort=sort)
        seen += [hit.id for hit in page.photos]
        if (cursor := page.cursor) is None:
            break
    assert seen == [str(one) for one in cats][::turned]


@pytest.mark.usefixtures("cats")
def test_a_first_page_of_many_says_that_there_are_more(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "FEW_WEIGHED", candidates.Depth(9, 4, 10))
    page = ask(db, "cat", limit=3)
    assert not page.complete
    monkeypatch.undo()
    assert ask(db, "cat", limit=3).complete


def test_of_too_many_that_have_all_words_the_surest_are_weighed(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        if number == 6:  # neither among the first nor among the last
            ready(db, "both", tag("cat", 0.9), tag("beach", 0.9))
        ready(db, f"unsure {number}", tag("cat", 0.5), tag("beach", 0.5))
        if number % 4 == 0:
            ready(db, f"a cat {number}", tag("cat", 0.99), tag("beach", 0.3))
            ready(db, f"a beach {number}", tag("beach", 0.99), tag("cat", 0.3))
    monkeypatch.setattr(candidates, "FEW_WEIGHED", candidates.Depth(4, 0, 10))
    assert ask(db, "cat beach", limit=1).photos[0].filename == "both.jpg"


def feeling(place: tuple[float, float]) -> dict[str, Any]:
    return {"evidence": {"valence": place[0], "energy": place[1]}}


@pytest.fixture
def moods(db: Db) -> Db:
    for text, place in (("serene", SERENE), ("tense", TENSE), ("joyful", JOYFUL)):
        ready(db, text, tag(text, 0.9, "mood", **feeling(place)), tag("beach", 0.8))
    ready(db, "no mood", tag("beach", 0.8))
    return db


@pytest.mark.parametrize(
    ("q", "order"),
    [
        ("feeling:0.6,-0.7", ["serene"]),
        ("feeling:0.7,0", ["joyful", "serene"]),
        ("feeling:-1,1", ["tense"]),
    ],
)
def test_a_place_on_the_map_of_moods_finds_what_lies_near_the_nearest_first(
    moods: Db, q: str, order: list[str]
) -> None:
    hits = ask(moods, q, strictness=25).photos
    assert [hit.filename.removesuffix(".jpg") for hit in hits] == order
    assert all(hit.why[0].source == "map" for hit in hits)
    assert all(sum(why.points for why in hit.why) == pytest.approx(hit.likeness) for hit in hits)


def test_a_photo_that_no_mood_is_said_of_lies_on_the_map_too(moods: Db) -> None:
    felt(moods, "fog", -0.6, -0.4, tag("beach", 0.8))
    hits = ask(moods, "feeling:-0.6,-0.4").photos
    assert [hit.filename for hit in hits] == ["fog.jpg"]
    assert [hit.filename for hit in ask(moods, "valence:<-0.5 energy:<0").photos] == ["fog.jpg"]


def test_a_feeling_goes_together_with_words(moods: Db) -> None:
    hits = ask(moods, "beach feeling:0.8,0.6").photos
    assert hits[0].filename == "joyful.jpg"
    assert {why.tag for why in hits[0].why} >= {"beach", "feels like 0.8, 0.6"}


@pytest.mark.parametrize("q", ["feeling:2,0", "feeling:0.5", "feeling:a,b", "feeling:>0.5"])
def test_what_is_no_place_on_the_map_is_refused_at_its_character(db: Db, q: str) -> None:
    with pytest.raises(BadQuery) as refused:
        ask(db, f"dog {q}")
    assert refused.value.position == 4


@pytest.mark.parametrize(
    ("where", "found"), [("left", 1), ('"top left"', 1), ('"bottom right"', 0), ("center", 0)]
)
def test_a_cell_of_nine_finds_photos_whose_subject_stands_there(
    db: Db, where: str, found: int
) -> None:
    seen = {"subject": {"box": [0.1, 0.1, 0.1, 0.1], "point": [0.15, 0.15]}}
    ready(db, "corner", tag("cat", 0.9), tag("rule of thirds", 0.8, "composition", evidence=seen))
    assert len(ask(db, f"subject:{where}").photos) == found
