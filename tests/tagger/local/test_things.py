"""From boxes to words: what stands by itself, what needs a second witness, what falls."""

from pathlib import Path

import numpy as np
import pytest

from services.common.ssd import LOOKED_FOR
from services.tagger.local.labels import Vocabulary
from services.tagger.local.things import TABLE, Thing, ThingWords, find_things, people
from services.tagger.providers.local import LocalTagger

VOCABULARY, WORDS = Vocabulary.read(), ThingWords()
NUMBER = {row.word: number for number, row in enumerate(WORDS.rows)}


def thing(
    word: str, sure: float, box: tuple[float, float, float, float] = (0.3, 0.3, 0.4, 0.4)
) -> Thing:
    return Thing(NUMBER[word], sure, box)


def said(things: list[Thing], **evidence: float) -> dict[str, float]:
    believed = {word.replace("_", " "): sure for word, sure in evidence.items()}
    return {one.text: one.sure for one in WORDS.words(things, believed, VOCABULARY)}


def test_the_table_has_the_classes_that_the_detector_was_cut_to_in_its_order() -> None:
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line[:1] != "#"]
    assert [int(row[0]) for row in rows] == list(range(len(LOOKED_FOR)))
    assert tuple(int(row[1]) for row in rows) == LOOKED_FOR
    for row in WORDS.rows:
        assert 0.35 < row.backed <= row.alone < 1
        assert set(row.called) <= set(VOCABULARY.words), row.word


def test_of_boxes_round_one_thing_the_surest_stays() -> None:
    boxes = np.array([[0, 0, 0.5, 0.5], [0.02, 0, 0.5, 0.5], [0.5, 0.5, 0.6, 0.4]], np.float32)
    scores = np.array([[0.7, 0.1], [0.9, 0.1], [0.2, 0.8]], np.float32)
    found = find_things(boxes, scores)
    assert [(one.number, round(one.sure, 2)) for one in found] == [(0, 0.9), (1, 0.8)]
    assert found[1].box == pytest.approx((0.5, 0.5, 0.5, 0.4))  # what of it lies in the photo


def test_two_things_of_a_kind_are_two_and_two_kinds_in_a_place_are_one() -> None:
    boxes = np.array([[0, 0, 0.3, 0.5], [0.2, 0, 0.3, 0.5]], np.float32)
    assert len(find_things(boxes, np.array([[0.9], [0.8]], np.float32))) == 2
    boxes[1] = (0.01, 0, 0.3, 0.5)
    found = find_things(boxes, np.array([[0.9, 0], [0, 0.8]], np.float32))
    assert [one.number for one in found] == [0]


def test_nothing_is_found_in_nothing() -> None:
    assert find_things(np.zeros((0, 4), np.float32), np.zeros((0, 3), np.float32)) == []
    assert find_things(np.zeros((2, 4), np.float32), np.full((2, 3), 0.1, np.float32)) == []


def test_a_half_sure_cat_needs_the_classifier_and_then_is_surer() -> None:
    assert said([thing("cat", 0.6)]) == {}
    both = said([thing("cat", 0.6)], cat=0.5, tabby_cat=0.5, animal=0.5)
    assert both == {"cat": 0.8, "pet": 0.8, "animal": 0.8}
    assert said([thing("cat", 0.95)])["cat"] == 0.95


def test_a_bird_that_is_a_lizard_to_the_classifier_is_none() -> None:
    assert said([thing("bird", 0.98)], lizard=0.5, iguana=0.5, animal=0.5) == {}
    assert "bird" in said([thing("bird", 0.98)], heron=0.5, bird=0.5, animal=0.5)


def test_what_is_small_is_not_what_the_classifier_means() -> None:
    small = (0.1, 0.1, 0.1, 0.1)
    assert "car" in said([thing("car", 0.8, small)], castle=0.7, building=0.7)
    assert said([thing("vase", 0.96)], monarch_butterfly=0.6, butterfly=0.6, animal=0.6) == {}


def test_a_person_needs_nobody_else_and_is_never_quite_sure() -> None:
    small = (0.1, 0.1, 0.05, 0.1)
    assert said([thing("person", 0.7, small)], castle=0.9) == {"person": 0.7}
    assert said([thing("person", 0.999, small)]) == {"person": 0.97}
    assert said([thing("person", 0.55, small)]) == {}


def test_people_are_counted() -> None:
    crowd = [thing("person", 0.9 - i / 100, (i / 10, 0.5, 0.05, 0.2)) for i in range(9)]
    assert [one.text for one in people(crowd[:1])] == ["person"]
    assert [one.text for one in people(crowd[:2])] == ["person", "people"]
    assert [one.text for one in people(crowd)] == ["person", "people", "group", "crowd"]
    assert len(people(crowd)[1].boxes) == 9
    doubtful = [thing("person", sure, (0, 0, 0.1, 0.1)) for sure in (0.9, 0.4)]
    assert [one.text for one in people(doubtful)] == ["person"]


def test_one_large_person_cut_by_the_lower_border_is_a_portrait() -> None:
    bust = thing("person", 0.9, (0.2, 0.1, 0.6, 0.9))
    assert {"person", "portrait"} == {one.text for one in people([bust])}
    standing = thing("person", 0.9, (0.4, 0.05, 0.3, 0.8))
    assert [one.text for one in people([standing])] == ["person"]
    two = [bust, thing("person", 0.8, (0.6, 0.1, 0.4, 0.9))]
    assert "portrait" not in {one.text for one in people(two)}


def test_a_person_in_a_photo_is_found_and_shown(tagger: LocalTagger, samples: Path) -> None:
    tags = {
        tag.text: tag
        for tag in tagger.look((samples / "astronaut.jpg").read_bytes()).tags
        if tag.model == "ssd-mobilenet-v2"
    }
    assert {"person", "portrait"} <= tags.keys()
    left, top, width, height = (tags["person"].evidence or {})["boxes"][0]
    assert left < 0.25
    assert left + width > 0.7
    assert top < 0.15
    assert top + height > 0.95


def test_a_photo_without_people_has_none(tagger: LocalTagger, samples: Path) -> None:
    for name in ("dahlia.jpg", "glacier.jpg", "brick-wall.jpg"):
        words = {tag.text for tag in tagger.look((samples / name).read_bytes()).tags}
        assert not {"person", "people", "portrait"} & words
