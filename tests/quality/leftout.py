"""What the eyes would say of photos whose block the heads have not seen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from services.common.events import Kind
from services.tagger.local.guesses import NEVER_SAID, guesses
from services.tagger.local.labels import Vocabulary
from services.tagger.local.leanings.measures import MEASURES, Geometry
from services.tagger.local.mood import surest
from services.tagger.local.pixels import Array
from services.tagger.local.surroundings import believed, surroundings
from services.tagger.local.thresholds import COMPOSITION, MOOD, SURROUNDINGS
from services.tagger.local.verdict import by_rule, weighed
from tests.quality.byhand import MAIN
from tests.quality.counts import Counts, GuessCounts, reliability

#: The words of each kind that heads were learned for.
LEARNED = {
    "composition": tuple(MEASURES),
    "mood": tuple(MOOD.likely),
    "label": tuple(SURROUNDINGS.likely),
}


#: What is guessed.
KINDS: tuple[Kind, ...] = ("label", "mood")


class Seen(NamedTuple):
    """Of one picture: the classifier's layer and what it believes, light and colours, geometry, and
    what is in it."""

    embedding: Array
    evidence: dict[str, float]
    light: Array
    geometry: Geometry
    words: dict[str, float]


class LeftOut(NamedTuple):
    """By name of a head, a number per photo: what it says, and the share of such that were right.
    ``drawn`` says how much a photo looks like a drawing."""

    looks: Mapping[str, Array]
    shares: Mapping[str, Array]
    drawn: Array

    def of(self, number: int, geometry: Geometry) -> dict[str, dict[str, float]]:
        """By kind, the words for one photo and how sure they are."""
        share = {name: float(values[number]) for name, values in self.shares.items()}
        looks = {name: float(values[number]) for name, values in self.looks.items()}
        ruled = {one.name: one for one in by_rule(geometry)}
        if self.drawn[number] >= COMPOSITION.drawn:
            return {"composition": {one.name: one.confidence for one in ruled.values()}}
        techniques = weighed(geometry, ruled, looks, share.__getitem__)
        return {
            "composition": {one.name: one.confidence for one in techniques},
            "mood": surest({name: share[name] for name in LEARNED["mood"]}),
            "label": surroundings({name: share[name] for name in LEARNED["label"]}),
        }

    def guessed(
        self, number: int, evidence: Mapping[str, float], vocabulary: Vocabulary
    ) -> tuple[dict[Kind, dict[str, float]], dict[Kind, dict[str, float]]]:
        """By kind, what heads and classifier say of one photo, and what they guess."""
        share = {name: float(values[number]) for name, values in self.shares.items()}
        scene = {name: share[name] for name in LEARNED["label"]}
        mood = {name: share[name] for name in LEARNED["mood"]}
        classes = vocabulary.labels(evidence)
        if self.drawn[number] >= COMPOSITION.drawn:
            return {"label": classes, "mood": {}}, {"label": {}, "mood": {}}
        labels = {text: sure for text, sure in classes.items() if believed(scene, text)}
        said: dict[Kind, dict[str, float]] = {
            "label": labels | surroundings(scene),
            "mood": surest(mood),
        }
        told = {(kind, text) for kind in KINDS for text in said[kind]}
        shares = {"scene": scene, "mood": mood, "guess": {name: share[name] for name in NEVER_SAID}}
        found = guesses(shares, vocabulary, evidence, told)
        by_kind = {
            kind: {one.text: one.confidence for one in found if one.kind == kind} for kind in KINDS
        }
        return said, by_kind


def lines_of(left_out: LeftOut, photos: Sequence[Seen]) -> Iterator[str]:
    yield from _said(left_out, photos)
    yield from _guessed(left_out, photos)


def _said(left_out: LeftOut, photos: Sequence[Seen]) -> Iterator[str]:
    """What is implied by a word (surroundings.py) is not counted: nobody learned it."""
    counts = {kind: Counts() for kind in LEARNED}
    for number, photo in enumerate(photos):
        said = left_out.of(number, photo.geometry)
        for kind, count in counts.items():
            words = LEARNED[kind]
            count.add(
                {word: sure for word, sure in said.get(kind, {}).items() if word in words},
                {word: sure for word, sure in photo.words.items() if word in words},
            )
    for kind, count in counts.items():
        yield f"{kind}, left out of the learning"
        yield from count.lines(LEARNED[kind])
        yield from reliability(count.stated)


def _guessed(left_out: LeftOut, photos: Sequence[Seen]) -> Iterator[str]:
    """Beside what heads and classifier say: detector and pixels, that say more, are left aside."""
    words: dict[Kind, Sequence[str]] = {"label": MAIN, "mood": LEARNED["mood"]}
    counts, vocabulary, number_of = {kind: GuessCounts() for kind in words}, Vocabulary.read(), 0
    for number, photo in enumerate(photos):
        said, found = left_out.guessed(number, photo.evidence, vocabulary)
        number_of += sum(map(len, found.values()))
        for kind, count in counts.items():
            mine = (said[kind], found[kind], photo.words)
            count.add(*({w: sure for w, sure in one.items() if w in words[kind]} for one in mine))
    yield f"guesses, {number_of / len(photos):.1f} of a photo"
    for kind, count in counts.items():
        yield f"{kind} guessed, left out of the learning"
        yield from count.lines(words[kind])
