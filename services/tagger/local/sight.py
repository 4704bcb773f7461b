"""Everything that is seen in one photo, from its pixels and the answers of the two networks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.common.events import Kind, PhotoFacts
from services.tagger.local.colour import Light, colours, tones
from services.tagger.local.focus import copy_space, focus
from services.tagger.local.horizon import find_horizon
from services.tagger.local.lines import leading_lines
from services.tagger.local.mood import Feeling, moods
from services.tagger.local.pattern import pattern
from services.tagger.local.pixels import Floats, Picture
from services.tagger.local.placement import placement
from services.tagger.local.scene import scene, told
from services.tagger.local.subject import Subject, find_subject
from services.tagger.local.symmetry import symmetry
from services.tagger.local.technique import Technique
from services.tagger.local.thresholds import COMPOSITION

PIXELS, CAMERA, GEOMETRY = "pixels-1", "exif-1", "geometry-1"


@dataclass(frozen=True)
class Word:
    """One thing seen, by which part of the eyes, and the evidence that can be drawn."""

    kind: Kind
    text: str
    confidence: float
    model: str
    evidence: dict[str, Any] | None = None


def techniques(picture: Picture, subject: Subject | None) -> Iterator[Technique]:
    """The composition. 'framing' is never said: docs/local-eyes.md tells what was tried."""
    horizon = find_horizon(picture.lab) if subject is None else None
    # A photo with one clear subject is about the subject, whatever repeats around it.
    repeats = pattern(picture.gray) if subject is None or subject.area > 0.3 else None
    # What repeats can be folded at every step: its many axes are no symmetry of the photo.
    mirror = None if repeats else symmetry(picture.gray)
    found = (placement(subject, horizon), mirror, leading_lines(picture.gray), repeats)
    yield from (one for one in found if one is not None and one.confidence >= COMPOSITION.said)


def words(
    picture: Picture, mask: Floats, evidence: Mapping[str, float], facts: PhotoFacts | None
) -> Iterator[Word]:
    """All but the classifier's own labels; ``evidence`` is what the classifier half believes."""
    subject, light = find_subject(mask), Light.of(picture.lab)
    for technique in techniques(picture, subject):
        yield Word(
            "composition", technique.name, technique.confidence, GEOMETRY, technique.evidence
        )
    seen = {
        **scene(picture.lab, light, evidence),
        **tones(light),
        **colours(picture.lab),
        **focus(picture.gray, subject, mask, evidence),
    }
    # Searches by place and by likeness of composition want it, whatever technique is said or not.
    where = {"subject": subject.evidence()} if subject else None
    for text, sure in seen.items():
        yield Word("label", text, sure, PIXELS, where)
        where = None
    room, box = copy_space(picture.gray, mask) or ({}, [])
    for text, sure in room.items():
        yield Word("label", text, sure, PIXELS, {"frame": box})
    for text, sure in told(facts).items():
        yield Word("label", text, sure, CAMERA)
    feeling = Feeling.of(picture.lab, light)
    for text, sure in moods(feeling, light, {**evidence, **seen}).items():
        yield Word("mood", text, sure, PIXELS, feeling.evidence())
