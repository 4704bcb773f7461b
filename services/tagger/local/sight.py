"""Everything that is seen in one photo, from its pixels and the answers of the two networks."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import Any

from services.common.events import Feeling, Kind, PhotoFacts
from services.tagger.local.colour import Light, colours, tones
from services.tagger.local.focus import copy_space, focus
from services.tagger.local.horizon import find_horizon
from services.tagger.local.leanings import Leaned
from services.tagger.local.leanings.measures import Geometry
from services.tagger.local.lines import convergence
from services.tagger.local.mood import estimated, moods, surest
from services.tagger.local.pixels import Floats, Picture
from services.tagger.local.scene import scene, told
from services.tagger.local.subject import Subject, find_subject
from services.tagger.local.surroundings import believed, surroundings
from services.tagger.local.symmetry import mirror
from services.tagger.local.technique import Technique
from services.tagger.local.verdict import by_rule, weighed

PIXELS, CAMERA, GEOMETRY, LOOKS = "pixels-1", "exif-1", "geometry-2", "looks-2"


@dataclass(frozen=True)
class Word:
    """One thing seen, by which part of the eyes, and the evidence that can be drawn."""

    kind: Kind
    text: str
    confidence: float
    model: str
    evidence: dict[str, Any] | None = None


def measured(picture: Picture, subject: Subject | None) -> Geometry:
    return Geometry(
        subject=subject,
        horizon=find_horizon(picture.lab) if subject is None else None,
        mirror=mirror(picture.gray),
        convergence=convergence(picture.gray),
        gray=picture.gray,
    )


def techniques(
    picture: Picture, subject: Subject | None, leaned: Leaned | None = None
) -> Iterator[Technique]:
    """The composition. 'framing' is never said: docs/local-eyes.md tells what was tried."""
    seen = measured(picture, subject)
    ruled = {one.name: one for one in by_rule(seen)}
    if leaned is None or leaned.drawn:
        yield from ruled.values()
    else:
        yield from weighed(seen, ruled, leaned.scores, partial(leaned.sure, seen))


def words(
    picture: Picture,
    light: Light,
    feeling: Feeling,
    mask: Floats,
    evidence: Mapping[str, float],
    facts: PhotoFacts | None,
    leaned: Leaned | None = None,
    told_already: Set[str] = frozenset(),
) -> Iterator[Word]:
    """All but what the classifier and the detector say; ``evidence`` is what the classifier half
    believes, ``told_already`` what either has said."""
    subject = find_subject(mask)
    for technique in techniques(picture, subject, leaned):
        yield Word(
            "composition", technique.name, technique.confidence, GEOMETRY, technique.evidence
        )
    seen = {
        # A drawing is of no place: blue paper is no sky.
        **({} if leaned and leaned.drawn else scene(picture.lab, light, evidence)),
        **tones(light),
        **colours(picture.lab),
        **focus(picture.gray, subject, mask, evidence),
    }
    shares = leaned.shares("scene") if leaned else {}
    labels = {text: (sure, PIXELS) for text, sure in seen.items() if believed(shares, text)}
    for text, sure in surroundings(shares).items():
        if text not in told_already:
            labels[text] = (max(sure, seen.get(text, 0.0)), LOOKS)
    # Searches by place and by likeness of composition want it, whatever technique is said or not.
    where = {"subject": subject.evidence()} if subject else None
    for text, (sure, model) in labels.items():
        yield Word("label", text, sure, model, where)
        where = None
    room, box = copy_space(picture.gray, mask) or ({}, [])
    for text, sure in room.items():
        yield Word("label", text, sure, PIXELS, {"frame": box})
    for text, sure in told(facts).items():
        yield Word("label", text, sure, CAMERA)
    felt = (
        surest(leaned.shares("mood"))  # of what is no photo nothing
        if leaned
        else moods(feeling, light, {**evidence, **seen})
    )
    for text, sure in felt.items():
        yield Word("mood", text, sure, PIXELS, estimated(feeling))
