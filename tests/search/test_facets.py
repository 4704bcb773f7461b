"""Facets: each counts what is found once it is chosen."""

import random
from datetime import date, datetime

import pytest

from services.common.api import Exif, SearchAnswer
from services.search import candidates
from services.search.database import Db
from services.search.language.narrowing import FACETS
from services.search.query import Question
from services.search.similar import Similar, places_of_photo
from tests.search.photos import OWNER, asking, felt, ready, tag

WORDS = ("cat", "dog", "beach", "harbour", "sky blue", "o'neil", "ünï", "a, b", "x>1", "cats")
QUESTIONS = (
    "cat", "dog beach", "cat or dog", "beach -dog", "melancholic", "symmetry cat",
    "harbour dog beach melancholic", "camera:leica", "-cat", "is:landscape", "year:2020 beach",
)  # fmt: skip
NAMES = {kind: name for name, kind in reversed(FACETS.items())}


@pytest.fixture
def gallery(db: Db) -> Db:
    luck = random.Random(7)
    for number in range(40):
        said = [tag(word, luck.uniform(0.3, 1)) for word in luck.sample(WORDS, 3)]
        said += [tag("melancholic", luck.uniform(0.3, 1), "mood")] * luck.randint(0, 1)
        said += [tag("symmetry", luck.uniform(0.3, 1), "composition")] * luck.randint(0, 1)
        exif = Exif(
            camera_make=luck.choice(["Leica", "Canon"]),
            camera_model=luck.choice(["M10", "R5"]),
            taken_at=datetime(luck.choice([2019, 2020]), 6, 1, 10),
        )
        ready(db, f"photo {number}", *said, exif=exif, width=luck.choice([400, 200]))
    return db


@pytest.mark.parametrize("q", QUESTIONS)
def test_a_facet_counts_what_choosing_it_finds(gallery: Db, q: str) -> None:
    of = asking()

    def answer(question: str) -> SearchAnswer:
        asked = of.understand(gallery, question, date(2026, 11, 22), owner=OWNER)
        return of.answer(gallery, Question(OWNER, question, limit=200), asked)

    wide = answer(q)
    assert wide.total
    assert {"label", "camera", "year", "orientation", "colour"} <= set(wide.facets)
    likenesses = {hit.id: hit.likeness for hit in wide.photos}
    for kind, counts in wide.facets.items():
        for one in counts:
            narrow = answer(f'{q} {NAMES[kind]}:="{one.text}"')
            assert narrow.total == one.count, (kind, one.text)
            found = {hit.id: hit.likeness for hit in narrow.photos}
            assert found.items() <= likenesses.items()
            assert {c.text: c.count for c in narrow.facets[kind]}[one.text] == one.count
            assert narrow.chips[-1].meaning == one.text


def test_two_facets_narrow_together_and_one_may_be_left_out(gallery: Db) -> None:
    of = asking()

    def total(question: str) -> int:
        asked = of.understand(gallery, question, owner=OWNER)
        return of.matches(gallery, OWNER, asked, 50).shown

    every = total("dog beach")
    both = total("dog beach label:=cat year:=2019")
    assert both <= min(total("dog beach label:=cat"), total("dog beach year:=2019"))
    assert total("dog beach -label:=cat") == every - total("dog beach label:=cat")
    assert total("dog beach label:=nothing") == 0


def test_of_too_many_matches_a_facet_finds_no_less_than_it_has_counted(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        more = [tag("beach", 0.9)] if number in (0, 8) else []
        ready(db, f"photo {number}", tag("cat", 0.99 - 0.095 * number), *more)
    monkeypatch.setattr(candidates, "FEW_WEIGHED", candidates.Depth(9, 0, 10))
    of = asking()
    asked = of.understand(db, "cat label:=beach", owner=OWNER)
    assert asked.wider
    wide, narrow = (of.matches(db, OWNER, q, 50, deep=False) for q in (asked.wider, asked))
    assert (wide.weaker, wide.complete) == (0, False)
    assert narrow.shown == 2


def test_facets_of_photos_like_a_photo_count_what_choosing_them_finds(db: Db) -> None:
    luck = random.Random(3)
    of = felt(db, "of", 0.5, 0.5, tag("cat"))
    for number in range(30):
        near = 0.5 - number * 0.04
        felt(db, f"photo {number}", near, near, *map(tag, luck.sample(WORDS, 3)))
    searching = asking()

    def answer(q: str) -> SearchAnswer:
        asked = searching.understand(db, q, owner=OWNER)
        like = Similar(searching, OWNER, "mood", places_of_photo(db, OWNER, of, 1), of)
        return like.answer(db, Question(OWNER, q, limit=200), asked)

    wide = answer("")
    assert wide.weaker
    for one in wide.facets["label"]:
        narrow = answer(f'label:="{one.text}"')
        assert narrow.total == one.count, one.text
        assert {hit.id for hit in narrow.photos} <= {hit.id for hit in wide.photos}
