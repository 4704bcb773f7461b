"""What the learned heads say of places, and what they do not let others say."""

from pathlib import Path

import numpy as np

from services.common.events import Tag
from services.tagger.local.leanings import Leanings
from services.tagger.local.leanings.light import NUMBERS
from services.tagger.local.surroundings import OF_PEOPLE, believed, surer, surroundings
from services.tagger.local.thresholds import SURROUNDINGS
from services.tagger.providers.local import LocalTagger

NOBODY = {"person": 0.01, "portrait": 0.01}
SOMEBODY = {"person": 0.9, "portrait": 0.01}
SMALL, LARGE = (0.4, 0.3, 0.3, 0.7), (0.0, 0.02, 0.7, 0.97)


def test_a_place_is_said_from_its_share_on_with_what_it_implies() -> None:
    assert surroundings({"forest": 0.9, "road": 0.3}) == {"forest": 0.9, "tree": 0.9}
    assert surroundings({"forest": 0.9, "tree": 0.94})["tree"] == 0.94
    assert surroundings({"city": 0.999}) == {"city": SURROUNDINGS.surest}


def test_there_are_no_people_where_there_is_hardly_a_person() -> None:
    assert [believed(NOBODY, text) for text in ("person", *OF_PEOPLE)] == [False] * 5
    assert believed(SOMEBODY, "group")
    assert believed(NOBODY, "dog")


def test_who_fills_the_photo_is_a_portrait_though_it_looks_like_none() -> None:
    assert not believed(SOMEBODY, "portrait", [SMALL])
    assert believed(SOMEBODY, "portrait", [LARGE])
    assert not believed(NOBODY, "portrait", [LARGE])


def test_a_surer_head_keeps_the_place_that_was_seen() -> None:
    dog, person = (
        Tag(kind="label", text=text, confidence=0.6, source="local", evidence={"boxes": [LARGE]})
        for text in ("dog", "person")
    )
    same, surest = surer([dog, person], {"person": 0.9})
    assert same == dog
    assert (surest.confidence, surest.evidence) == (0.9, person.evidence)


def test_of_drawings_the_heads_know_nothing() -> None:
    heads = Leanings.read()
    blank = np.zeros(heads.width, np.float32), np.zeros(NUMBERS, np.float32)
    leaned = heads.of(*blank)
    assert set(leaned.shares("scene")) == set(SURROUNDINGS.likely)
    leaned.scores["drawn"] = 1.0
    assert leaned.shares("scene") == leaned.shares("mood") == {}


def test_a_city_at_night_and_a_field_before_mountains(tagger: LocalTagger, samples: Path) -> None:
    for name, words in (
        ("city-at-night.jpg", {"city", "building", "sky"}),
        ("mountain-meadow.jpg", {"mountain", "field", "sky"}),
    ):
        seen = tagger.look((samples / name).read_bytes()).tags
        assert words <= {tag.text for tag in seen}
