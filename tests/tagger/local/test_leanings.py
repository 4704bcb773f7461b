"""What learned heads say of a photo, and when a rule's verdict stands or falls by them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from services.tagger.local.leanings import Leaned, Leanings
from services.tagger.local.leanings.light import NUMBERS, light_and_colours
from services.tagger.local.leanings.measures import MEASURES, Geometry
from services.tagger.local.lines import Convergence
from services.tagger.local.mood import surest
from services.tagger.local.subject import Subject
from services.tagger.local.symmetry import mirror
from services.tagger.local.technique import Technique
from services.tagger.local.thresholds import COMPOSITION
from services.tagger.local.verdict import by_rule, weighed
from services.tagger.providers.local import LocalTagger

LOOKS = dict.fromkeys(MEASURES, 1.0)
UNSURE = dict.fromkeys(MEASURES, 0.0)


def seen(subject: Subject | None = None, convergence: Convergence | None = None) -> Geometry:
    """Of a plain grey photo."""
    gray = np.full((80, 120), 128, np.uint8)
    return Geometry(subject, None, mirror(gray), convergence, gray)


def at(x: float, y: float) -> Subject:
    return Subject(x, y, (x - 0.1, y - 0.1, 0.2, 0.2), area=0.04, share=1.0, strength=0.95)


def said(
    geometry: Geometry, looks: dict[str, float] = LOOKS, **sure: float
) -> dict[str, Technique]:
    """By name, of what the rules say of it and how sure the heads are."""
    ruled = {one.name: one for one in by_rule(geometry)}
    shares = {**UNSURE, **{name.replace("_", " "): share for name, share in sure.items()}}
    return {one.name: one for one in weighed(geometry, ruled, looks, shares.__getitem__)}


def test_a_head_makes_centered_of_what_the_rule_finds_too_far_from_the_middle() -> None:
    geometry = seen(at(0.59, 0.5))
    assert list(by_rule(geometry)) == []
    (told,) = said(geometry, centered=0.8).values()
    assert (told.name, told.confidence) == ("centered", 0.8)
    assert told.evidence["subject"]["point"] == [0.59, 0.5]


def test_no_head_makes_centered_of_what_is_far_from_the_middle() -> None:
    assert said(seen(at(0.8, 0.5)), centered=0.9) == {}


def test_looks_that_speak_against_a_rule_overrule_it() -> None:
    geometry = seen(at(1 / 3, 1 / 3))
    (rule,) = by_rule(geometry)
    assert rule.name == "rule of thirds"
    assert said(geometry, rule_of_thirds=0.1) == {}
    assert said(geometry, rule_of_thirds=0.7)["rule of thirds"].evidence == rule.evidence


def test_a_rule_that_is_barely_met_needs_more_than_one_that_is_clear() -> None:
    clear, barely = seen(at(1 / 3, 1 / 3)), seen(at(0.39, 0.35))
    sure = [one.confidence for one in (*by_rule(clear), *by_rule(barely))]
    assert sure[0] > COMPOSITION.clear["rule of thirds"] > sure[1]
    assert set(said(clear, rule_of_thirds=0.5)) == {"rule of thirds"}
    assert said(barely, rule_of_thirds=0.5) == {}
    assert set(said(barely, rule_of_thirds=0.65)) == {"rule of thirds"}


def test_an_upright_axis_that_looks_like_nothing_much_is_only_a_thing_with_two_halves() -> None:
    half = np.random.default_rng(7).integers(0, 255, (12, 9)).astype(np.uint8)
    both = cv2.resize(np.hstack([half, half[:, ::-1]]), (180, 120), interpolation=cv2.INTER_CUBIC)
    gray = np.asarray(both, np.uint8)
    geometry = Geometry(None, None, mirror(gray), None, gray)
    assert {one.name for one in by_rule(geometry)} == {"symmetry"}
    assert set(said(geometry, {**LOOKS, "symmetry": 0.5}, symmetry=0.9)) == {"symmetry"}
    assert said(geometry, {**LOOKS, "symmetry": 0.3}, symmetry=0.9) == {}


def test_a_subject_has_one_place_the_surer_one() -> None:
    assert set(said(seen(at(0.41, 0.5)), centered=0.7, rule_of_thirds=0.9)) == {"rule of thirds"}


def test_leading_lines_are_not_said_where_none_can_be_drawn() -> None:
    assert said(seen(), leading_lines=0.95) == {}


def test_what_repeats_is_measured_only_where_it_can_matter() -> None:
    one = seen(at(0.5, 0.5))
    said(one, {**LOOKS, "pattern": 0.1}, pattern=0.9)
    assert "repeats" not in vars(one)
    said(one, pattern=0.9)
    assert "repeats" in vars(one)


def test_the_two_surest_moods_are_said() -> None:
    shares = {"serene": 0.9, "mysterious": 0.95, "melancholic": 0.85, "cosy": 0.1}
    assert list(surest(shares)) == ["mysterious", "serene"]
    assert max(surest(shares).values()) <= 0.7


def test_the_heads_fit_the_layer_of_the_label_model(tagger: LocalTagger) -> None:
    _, embedding = tagger._labels.look(np.zeros((64, 64, 3), np.uint8))
    assert embedding is not None
    assert len(embedding) == Leanings.read().width


def test_a_flat_drawing_is_no_photo(tagger: LocalTagger, samples: Path) -> None:
    photo = tagger.look((samples / "tunnel.jpg").read_bytes())
    assert "leading lines" in {tag.text for tag in photo.tags}
    pixels = np.full((240, 320, 3), 230, np.uint8)
    pixels[60:180, 80:240] = (200, 40, 40)
    _, embedding = tagger._labels.look(pixels)
    assert embedding is not None
    lab = np.zeros((120, 160, 3), np.float32)
    assert Leanings.read().of(embedding, light_and_colours(lab)).drawn


@pytest.mark.parametrize("name", [*MEASURES])
def test_shares_are_between_nothing_and_all(name: str) -> None:
    heads = Leanings.read()
    leaned = heads.of(np.zeros(heads.width, np.float32), np.zeros(NUMBERS, np.float32))
    assert isinstance(leaned, Leaned)
    assert 0 <= leaned.sure(seen(), name) <= 1
