"""What learned heads say of a photo, and when a rule's verdict stands or falls by them."""

from pathlib import Path

import numpy as np
import pytest

from services.tagger.local.leanings import Leaned, Leanings
from services.tagger.local.leanings.light import light_and_colours
from services.tagger.local.leanings.measures import MEASURES, Geometry
from services.tagger.local.lines import Convergence
from services.tagger.local.mood import surest
from services.tagger.local.pattern import repeats
from services.tagger.local.subject import Subject
from services.tagger.local.symmetry import mirror
from services.tagger.local.verdict import by_rule, weighed
from services.tagger.providers.local import LocalTagger

LOOKS = dict.fromkeys(MEASURES, 1.0)
UNSURE = dict.fromkeys(MEASURES, 0.0)


def seen(subject: Subject | None = None, convergence: Convergence | None = None) -> Geometry:
    """Of a plain grey photo."""
    gray = np.full((80, 120), 128, np.uint8)
    return Geometry(subject, None, mirror(gray), convergence, repeats(gray))


def at(x: float, y: float) -> Subject:
    return Subject(x, y, (x - 0.1, y - 0.1, 0.2, 0.2), area=0.04, share=1.0, strength=0.95)


def test_a_head_makes_centered_of_what_the_rule_finds_too_far_from_the_middle() -> None:
    geometry = seen(at(0.59, 0.5))
    assert list(by_rule(geometry)) == []
    (told,) = weighed(geometry, {}, LOOKS, {**UNSURE, "centered": 0.8})
    assert (told.name, told.confidence) == ("centered", 0.8)
    assert told.evidence["subject"]["point"] == [0.59, 0.5]


def test_no_head_makes_centered_of_what_is_far_from_the_middle() -> None:
    assert list(weighed(seen(at(0.8, 0.5)), {}, LOOKS, {**UNSURE, "centered": 0.9})) == []


def test_looks_that_speak_against_a_rule_overrule_it() -> None:
    geometry = seen(at(1 / 3, 1 / 3))
    ruled = {one.name: one for one in by_rule(geometry)}
    assert set(ruled) == {"rule of thirds"}
    assert list(weighed(geometry, ruled, LOOKS, {**UNSURE, "rule of thirds": 0.1})) == []
    (stands,) = weighed(geometry, ruled, LOOKS, {**UNSURE, "rule of thirds": 0.7})
    assert stands.evidence == ruled["rule of thirds"].evidence


def test_a_subject_has_one_place_the_surer_one() -> None:
    sure = {**UNSURE, "centered": 0.7, "rule of thirds": 0.9}
    (told,) = weighed(seen(at(0.41, 0.5)), {}, LOOKS, sure)
    assert told.name == "rule of thirds"


def test_leading_lines_are_not_said_where_none_can_be_drawn() -> None:
    assert list(weighed(seen(), {}, LOOKS, {**UNSURE, "leading lines": 0.95})) == []


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
    leaned = heads.of(np.zeros(heads.width, np.float32), np.zeros(len(heads.spread), np.float32))
    assert isinstance(leaned, Leaned)
    assert 0 <= leaned.techniques(seen())[name] <= 1
