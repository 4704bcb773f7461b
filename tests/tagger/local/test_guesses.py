"""What the local eyes do not say, and how likely it is."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.tagger.local.guesses import NEVER_SAID, Shares, Word, guesses, share_of
from services.tagger.local.labels import Vocabulary
from services.tagger.local.leanings import Leanings
from services.tagger.local.leanings.light import NUMBERS
from services.tagger.local.surroundings import OF_PEOPLE
from services.tagger.local.thresholds import GUESSES, MOOD, SURROUNDINGS
from services.tagger.providers.local import LocalTagger
from tests.tagger.local.test_look import jpeg

VOCABULARY = Vocabulary.read()
NAMES = ("cat.jpg", "coffee.jpg", "city-at-night.jpg", "mountain-meadow.jpg", "stream.jpg")
NONE: Mapping[str, float] = {}
NOTHING: Shares = {"scene": {}, "guess": {}, "mood": {}}


def guessed(
    shares: Shares = NOTHING, told: frozenset[Word] = frozenset(), half: Mapping[str, float] = NONE
) -> dict[str, float]:
    found = guesses({**NOTHING, **shares}, VOCABULARY, half, told)
    return {guess.text: guess.confidence for guess in found}


def test_what_is_a_little_likely_is_guessed_as_likely_as_it_is() -> None:
    shares = {"scene": {"night": 0.6123}, "guess": {"snow": 0.2, "lake": 0.09}}
    assert guessed(shares) == {"night": 0.612, "snow": 0.2}


def test_what_is_told_is_not_guessed() -> None:
    shares = {"scene": {"sky": 0.3}, "mood": {"serene": 0.3}}
    assert guessed(shares, frozenset({("label", "sky"), ("mood", "serene")})) == {}


def test_a_guess_is_less_than_what_the_word_would_be_said_from() -> None:
    shares = {"mood": {"dreamy": 0.68, "dramatic": 0.89}, "scene": {"tree": 0.79}}
    found = guessed(shares)
    assert found["dreamy"] < MOOD.likely["dreamy"]
    assert found["dramatic"] == found["tree"] == GUESSES.surest < MOOD.surest
    assert guessed({"guess": {"clouds": 0.95}}) == {"clouds": GUESSES.surest}


def test_what_the_classifier_half_believes_is_as_likely_as_such_words_were_right() -> None:
    enough = dict(zip(VOCABULARY.words, VOCABULARY.enough.tolist(), strict=True))
    half = {text: part * enough[text] for text, part in (("castle", 0.7), ("daisy", 0.3))}
    assert guessed(half=half) == {"castle": share_of(0.7)}
    assert guessed(half={"castle": enough["castle"]}) == {}
    assert guessed(half={"honeycomb": 0.7}) == {}
    assert share_of(0) == 0
    assert share_of(0.4) <= share_of(0.99) < GUESSES.surest


def test_a_head_knows_better_than_the_classes() -> None:
    half = {"animal": 0.3, "beagle": 0.3}
    assert set(guessed(half=half)) == {"animal", "beagle"}
    assert guessed({"guess": {"animal": 0.01}}, half=half) == {}
    assert guessed({"guess": {"animal": 0.2}}, half=half) == {"animal": 0.2, "beagle": 0.5}


def test_only_the_likeliest_are_guessed() -> None:
    shares = {"guess": {f"word {number}": number / 50 for number in range(6, 30)}}
    found = guessed(shares)
    assert len(found) == GUESSES.most
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert max(found.values()) == 29 / 50


def test_words_that_are_never_said_have_heads_that_doubt_nobody() -> None:
    heads = Leanings.read()
    blank = np.zeros(heads.width, np.float32), np.zeros(NUMBERS, np.float32)
    leaned = heads.of(*blank)
    assert set(leaned.shares("guess")) == set(NEVER_SAID)
    assert not set(NEVER_SAID) & set(SURROUNDINGS.likely)
    assert set(leaned.shares("scene")) & set(OF_PEOPLE) == {"portrait"}


@pytest.mark.parametrize("name", NAMES)
def test_a_guess_is_no_tag_and_makes_none(
    tagger: LocalTagger, models: Path, samples: Path, name: str
) -> None:
    photo = (samples / name).read_bytes()
    seen = tagger.look(photo)
    tags = {(tag.kind, tag.text) for tag in seen.tags}
    found = [(guess.kind, guess.text) for guess in seen.guesses]
    assert not tags & set(found)
    assert len(found) == len(set(found)) <= GUESSES.most
    assert {kind for kind, _ in found} <= {"label", "mood"}
    assert all(GUESSES.least <= one.confidence <= GUESSES.surest for one in seen.guesses)
    assert without_guesses(models).look(photo).tags == seen.tags


def without_guesses(models: Path) -> LocalTagger:
    """The eyes as they were before any head was learned for guesses."""
    tagger = LocalTagger(models)
    heads = Leanings.read()
    rows = [row for row, kind in enumerate(heads.kinds) if kind != "guess"]
    tagger._leanings = replace(
        heads,
        names=tuple(heads.names[row] for row in rows),
        kinds=tuple(heads.kinds[row] for row in rows),
        heads=heads.heads[rows],
        curves=heads.curves[rows[:-1]],  # what tells a drawing has none
    )
    # Nobody asks the others what they guess.
    tagger._guessed = lambda *_: ()  # type: ignore[method-assign]
    return tagger


def test_a_photo_of_a_city_at_night_has_guesses(tagger: LocalTagger, samples: Path) -> None:
    assert tagger.look((samples / "city-at-night.jpg").read_bytes()).guesses


def test_of_a_drawing_nothing_is_guessed(tagger: LocalTagger) -> None:
    pixels = np.full((240, 320, 3), 230, np.uint8)
    pixels[60:180, 80:240] = (200, 40, 40)
    assert tagger.look(jpeg(pixels)).guesses == ()


def test_of_a_drawing_no_place_and_no_mood_is_told(tagger: LocalTagger) -> None:
    """Blue paper is no sky, and has no mood; its colour it has."""
    pixels = np.full((240, 320, 3), (60, 110, 235), np.uint8)
    pixels[60:180, 80:240] = (20, 50, 170)
    told = tagger.look(jpeg(pixels)).tags
    assert {tag.text for tag in told if tag.kind == "label"} >= {"blue tones"}
    assert not {"sky", "sea", "water"} & {tag.text for tag in told}
    assert not [tag for tag in told if tag.kind == "mood"]


def test_in_a_drawing_only_what_is_plain_is_recognised() -> None:
    vocabulary = Vocabulary.read()
    half = {"flower": 0.45, "clock": 0.7}
    assert set(vocabulary.labels(half)) == {"flower", "clock"}
    assert set(vocabulary.labels(half, least=0.6)) == {"clock"}
