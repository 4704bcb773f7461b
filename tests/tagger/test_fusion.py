"""Geometry and a model agree, disagree, or are alone."""

from typing import Any

import pytest

from services.common.events import Guess, Kind, Sighting, Tag
from services.tagger.fusion import GEOMETRY_ALONE, MODEL_ALONE, fuse, guessed, overlap
from services.tagger.vision import TECHNIQUES

BOX = [0.3, 0.3, 0.4, 0.4]
SUBJECT = {"subject": {"box": BOX, "point": [0.5, 0.5]}}


def tag(text: str, kind: Kind, sure: float, by: str, **evidence: Any) -> Tag:
    """``by`` is the source and, after a space, its model."""
    source, _, model = by.partition(" ")
    own = {"source": source, "model": model}
    return Tag(kind=kind, text=text, confidence=sure, evidence=evidence or None, **own)


def drawn(text: str, sure: float) -> Tag:
    return tag(text, "composition", sure, "local geometry-1", **SUBJECT)


def told(text: str, sure: float) -> Tag:
    opinion = {"confidence": sure, "reason": "as one sees"}
    return tag(text, "composition", sure, "openai gpt", model=opinion)


CALM = tag("calm", "mood", 0.6, "openai gpt", model={"confidence": 0.6})
GUESS = tag("gloomy", "mood", 0.5, "local pixels-1")
CLASS = tag("labrador", "label", 0.8, "local efficientnet-lite2")
COLOUR = tag("vivid", "label", 0.7, "local pixels-1")
DOG = tag("dog", "label", 0.9, "rekognition rekognition-3.0", boxes=[[0.32, 0.28, 0.4, 0.44]])


def fused(local: list[Tag], **others: list[Tag]) -> dict[str, Tag]:
    sightings = {name: Sighting(tags=tuple(tags)) for name, tags in others.items()}
    found = fuse({"local": Sighting(tags=tuple(local)), **sightings})
    return {one.text: one for one in found}


def test_two_witnesses_are_surer_than_each() -> None:
    both = fused([drawn("centered", 0.6)], openai=[told("centered", 0.7)])["centered"]
    assert both.confidence == pytest.approx(0.88)
    assert (both.source, both.model) == ("local+openai", "geometry-1+gpt")
    assert both.evidence == {
        **SUBJECT,
        "geometry": {"confidence": 0.6},
        "model": {"confidence": 0.7, "reason": "as one sees"},
    }


def test_a_lonely_opinion_is_worth_less_and_keeps_the_silence_of_the_other() -> None:
    found = fused([drawn("pattern", 0.8)], openai=[CALM, told("framing", 0.8)])
    assert found["pattern"].confidence == pytest.approx(0.4)
    assert found["framing"].confidence == pytest.approx(0.8)
    assert found["pattern"].evidence
    assert found["pattern"].evidence["model"] == {"confidence": 0.0}
    assert found["framing"].evidence
    assert found["framing"].evidence["geometry"] == {"confidence": 0.0}


def test_what_is_hardly_believed_is_not_said() -> None:
    assert "pattern" not in fused([drawn("pattern", 0.55)], openai=[CALM])


def test_without_a_vision_model_geometry_stands_as_it_is() -> None:
    far = DOG.model_copy(update={"evidence": None})
    found = fused([drawn("pattern", 0.55), GUESS, CLASS, COLOUR], rekognition=[far])
    assert found["pattern"] == drawn("pattern", 0.55)
    assert "gloomy" in found


def test_better_sources_replace_the_built_in_ones_but_not_what_is_measured() -> None:
    found = fused([GUESS, CLASS, COLOUR], openai=[CALM], rekognition=[DOG])
    assert set(found) == {"calm", "dog", "vivid"}


def test_one_provider_alone_is_simply_heard() -> None:
    assert set(fused([GUESS, CLASS, COLOUR])) == {"gloomy", "labrador", "vivid"}


def test_a_detectors_box_sharpens_the_subject_that_it_overlaps() -> None:
    near = fused([drawn("centered", 0.6)], rekognition=[DOG])["centered"]
    assert near.evidence == {"subject": {"box": [0.32, 0.28, 0.4, 0.44], "point": [0.5, 0.5]}}
    far = DOG.model_copy(update={"evidence": {"boxes": [[0, 0, 0.2, 0.2]]}})
    assert fused([drawn("centered", 0.6)], rekognition=[far])["centered"].evidence == SUBJECT


def test_a_box_round_the_whole_photo_sharpens_nothing() -> None:
    cup = {"subject": {"box": [0.13, 0.05, 0.67, 0.92], "point": [0.46, 0.53]}}
    centered = drawn("centered", 0.9).model_copy(update={"evidence": cup})
    table = DOG.model_copy(update={"text": "table", "evidence": {"boxes": [[0, 0, 1, 0.99]]}})
    assert fused([centered], rekognition=[table])["centered"].evidence == cup


def test_every_technique_has_its_weights() -> None:
    assert set(GEOMETRY_ALONE) == set(MODEL_ALONE) == TECHNIQUES


def test_overlap() -> None:
    assert overlap(BOX, BOX) == pytest.approx(1)
    assert overlap([0, 0, 0.5, 1], [0.5, 0, 0.5, 1]) == 0
    assert overlap([0, 0, 0, 0], [0, 0, 0, 0]) == 0


SNOW = Guess(kind="label", text="snow", confidence=0.4)
SERENE = Guess(kind="mood", text="serene", confidence=0.5)


def maybe(tags: list[Tag], **others: list[Tag]) -> list[str]:
    """What the built-in eyes guess, beside the tags of all."""
    sightings = {
        "local": Sighting(tags=tuple(tags), guesses=(SNOW, SERENE)),
        **{name: Sighting(tags=tuple(more)) for name, more in others.items()},
    }
    return [guess.text for guess in guessed(sightings, fuse(sightings))]


def test_what_nobody_else_has_words_for_is_guessed_likeliest_first() -> None:
    assert maybe([COLOUR]) == ["serene", "snow"]
    assert maybe([COLOUR], rekognition=[]) == ["serene", "snow"]


def test_who_sees_better_and_has_not_said_it_did_not_see_it() -> None:
    assert maybe([COLOUR], rekognition=[DOG]) == []
    assert maybe([COLOUR], openai=[CALM]) == ["snow"]


def test_what_is_said_is_not_guessed() -> None:
    assert maybe([tag("snow", "label", 0.6, "local pixels-1")]) == ["serene"]
