"""What the eyes would say of photos whose block the heads have not seen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from services.tagger.local.leanings.measures import MEASURES, Geometry
from services.tagger.local.mood import surest
from services.tagger.local.pixels import Array
from services.tagger.local.surroundings import surroundings
from services.tagger.local.thresholds import COMPOSITION, MOOD, SURROUNDINGS
from services.tagger.local.verdict import by_rule, weighed
from tests.quality.counts import Counts, reliability

#: The words of each kind that heads were learned for.
LEARNED = {
    "composition": tuple(MEASURES),
    "mood": tuple(MOOD.likely),
    "label": tuple(SURROUNDINGS.likely),
}


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


def lines_of(
    left_out: LeftOut, geometries: Sequence[Geometry], truths: Sequence[Mapping[str, float]]
) -> Iterator[str]:
    """What is implied by a word (surroundings.py) is not counted: nobody learned it."""
    counts = {kind: Counts() for kind in LEARNED}
    for number, (geometry, true) in enumerate(zip(geometries, truths, strict=True)):
        said = left_out.of(number, geometry)
        for kind, count in counts.items():
            words = LEARNED[kind]
            count.add(
                {word: sure for word, sure in said.get(kind, {}).items() if word in words},
                {word: sure for word, sure in true.items() if word in words},
            )
    for kind, count in counts.items():
        yield f"{kind}, left out of the learning"
        yield from count.lines(LEARNED[kind])
        yield from reliability(count.stated)
