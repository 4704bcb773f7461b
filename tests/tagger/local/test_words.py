"""From classes to words, from pixels to words: the rules by themselves."""

import numpy as np
import pytest

from services.common.events import Feeling, PhotoFacts
from services.tagger.local.classes.__main__ import ancestors
from services.tagger.local.colour import Light, colours, tones
from services.tagger.local.focus import copy_space
from services.tagger.local.labels import TABLE, Vocabulary
from services.tagger.local.mood import feeling_of, moods
from services.tagger.local.pixels import Picture
from services.tagger.local.scene import scene, told

VOCABULARY = Vocabulary.read()
CLASSES = {
    line.split("\t")[3]: int(line.split("\t")[0])
    for line in TABLE.read_text().splitlines()
    if line[:1] != "#"
}


def believed(**classes: float) -> dict[str, float]:
    """The evidence when the classifier gives these classes these probabilities."""
    probabilities = np.full(1000, 1e-4, dtype=np.float32)
    for word, probability in classes.items():
        probabilities[CLASSES[word.replace("_", " ")]] = probability
    return VOCABULARY.evidence(probabilities)


def plain(*rgb: int) -> Picture:
    return Picture(np.full((400, 600, 3), rgb, dtype=np.uint8))


def test_every_class_has_a_word_that_fits_into_a_tag() -> None:
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line[:1] != "#"]
    assert [int(row[0]) for row in rows] == list(range(1000))
    for word in VOCABULARY.words:
        assert word
        assert len(word) <= 40
        assert word == word.strip().lower()


def test_many_unsure_breeds_make_a_sure_dog() -> None:
    evidence = believed(beagle=0.1, basset_hound=0.1, whippet=0.1, pug=0.1)
    found = VOCABULARY.labels(evidence)
    assert {"dog", "pet", "animal"} <= found.keys()
    assert "beagle" not in found


def test_a_corgi_is_a_dog_and_an_animal() -> None:
    found = VOCABULARY.labels(believed(corgi=0.8))
    assert {"corgi", "dog", "animal"} <= found.keys()


def test_a_thousand_doubts_make_no_animal() -> None:
    assert VOCABULARY.labels(VOCABULARY.evidence(np.full(1000, 0.001, dtype=np.float32))) == {}


def test_what_is_often_imagined_needs_more_evidence() -> None:
    assert "honeycomb" not in VOCABULARY.labels(believed(honeycomb=0.6))
    assert "honeycomb" in VOCABULARY.labels(believed(honeycomb=0.9))


def test_ancestors_come_nearest_first_and_once() -> None:
    above = {"corgi": ["dog"], "dog": ["canine", "pet"], "canine": ["animal"], "pet": ["animal"]}
    above["animal"] = []
    assert list(ancestors("corgi", above)) == ["corgi", "dog", "canine", "pet", "animal"]


@pytest.mark.parametrize(
    ("rgb", "word"),
    [
        *[((200, 30, 30), "red tones"), ((110, 60, 25), "brown tones")],
        *[
            ((30, 60, 200), "blue tones"),
            ((0, 0, 255), "blue tones"),
            ((75, 0, 130), "purple tones"),
        ],
    ],
)
def test_a_colour_has_the_name_that_people_give_it(rgb: tuple[int, int, int], word: str) -> None:
    assert word in colours(plain(*rgb).lab)


def test_a_grey_photo_is_black_and_white_and_has_no_colours() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (400, 600, 1), dtype=np.uint8)
    lab = Picture(np.repeat(noise, 3, axis=2)).lab
    assert "black and white" in tones(Light.of(lab))
    assert colours(lab) == {}


def test_a_white_wall_is_no_snow_and_an_orange_wall_no_sunset() -> None:
    for picture in (plain(250, 250, 250), plain(240, 140, 40), plain(80, 120, 220)):
        light = Light.of(picture.lab)
        assert not {"snow", "sunset", "sky", "fog"} & scene(picture.lab, light, {}).keys()


def test_a_blue_that_hangs_from_the_top_is_a_sky() -> None:
    rgb = np.random.default_rng(3).integers(40, 90, (400, 600, 3), dtype=np.uint8)
    rgb[:200] = (90, 140, 225)
    picture = Picture(rgb)
    assert "sky" in scene(picture.lab, Light.of(picture.lab), {"landscape": 0.6})
    upside_down = Picture(np.ascontiguousarray(rgb[::-1]))
    assert "sky" not in scene(upside_down.lab, Light.of(upside_down.lab), {"landscape": 0.6})


def test_room_for_words_is_on_the_calm_side() -> None:
    gray = np.full((400, 600), 200, dtype=np.uint8)
    gray[:, 360:] = np.random.default_rng(4).integers(0, 255, (400, 240))
    found, box = copy_space(gray, np.zeros((56, 56), dtype=np.float32)) or ({}, [])
    assert "copy space left" in found
    assert box[2] == pytest.approx(0.58, abs=0.06)


@pytest.mark.parametrize(("hour", "word"), [(6, "morning"), (12, "midday"), (23, "night")])
def test_the_clock_of_the_camera_tells_the_time_of_day(hour: int, word: str) -> None:
    facts = PhotoFacts.model_validate(
        {"width": 4, "height": 3, "taken_at": f"2026-07-01T{hour:02}:00:00"}
    )
    assert {word, "july", "summer", "landscape format"} <= told(facts).keys()


def test_bright_and_rich_feels_better_than_dark_and_pale() -> None:
    def feeling(*rgb: int) -> Feeling:
        lab = plain(*rgb).lab
        return feeling_of(lab, Light.of(lab))

    sunny, murky = feeling(255, 200, 60), feeling(35, 38, 42)
    assert sunny.valence > 0.3 > -0.3 > murky.valence
    assert sunny.energy > murky.energy


def test_a_middling_photo_has_no_mood() -> None:
    lab = plain(120, 118, 112).lab
    light = Light.of(lab)
    assert moods(Feeling(valence=0.1, energy=-0.1), light, {}) == {}
