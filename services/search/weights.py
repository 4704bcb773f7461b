"""Every number that ranks, in one table. Tuned on the training half of the quality queries only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Sure = TypeVar("Sure", float, NDArray[np.float64])


@dataclass(frozen=True)
class Weights:
    """What a photo's likeness is made of; `docs/search.md` says it in words."""

    #: A tag is worth this much at confidence 0, and 1 at confidence 1: to have it is what counts.
    tag_base: float = 0.5
    #: What is only guessed is worth so much at likelihood 0, and at 1. (No guess is likelier than
    #: .69, so that none is worth as much as a tag that is surer than one in two.)
    guess: tuple[float, float] = (0.15, 0.95)
    #: Cosine of a word and a tag: nothing below the first, as good as the word at the second.
    near_from: float = 0.42
    near_full: float = 0.85
    #: A word that is known by heart has its own tags; others must be nearly the same.
    near_known: float = 0.86
    #: A single word of an unknown phrase stands for less than the phrase.
    part_of_phrase: float = 0.85
    #: Words in the name of the file or the caption.
    lexical: float = 0.75
    #: A word that the gallery does not have counts less beside one that it has, the less the less
    #: the nearest of its words is like it: this much when none is, and when one is the same.
    unknown: tuple[float, float] = (0.3, 0.8)
    #: A word that is spelled like one of the gallery's, and near it in meaning, is that one.
    misspelled: float = 0.9
    #: How a thing is shown (a mood, a technique, a colour) counts less than the thing itself.
    manner: float = 0.7
    #: A photo has what is wanted if the best evidence is worth this much.
    covered: float = 0.4
    #: The share of the whole photo's meaning, when every word is known, and when none is.
    whole_known: float = 0.12
    whole_unknown: float = 0.5
    #: Cosine of the query and a photo: nothing below the first, full at the second.
    whole_from: float = 0.22
    whole_full: float = 0.68
    #: How much of a negated meaning is taken out of the query's vector.
    away: float = 0.35

    def told(self, sure: Sure) -> Sure:
        """What a tag is worth, by its confidence."""
        return self.tag_base + (1 - self.tag_base) * sure

    def guessed(self, sure: Sure) -> Sure:
        """And a guess."""
        return self.guess[0] + (self.guess[1] - self.guess[0]) * sure


@dataclass(frozen=True)
class Cut:
    """Where the shown photos end, at strictness 0, 50 and 100."""

    floor: tuple[float, float, float] = (0.12, 0.30, 0.70)
    of_best: tuple[float, float, float] = (0.0, 0.42, 0.9)
    #: A drop between two neighbours so large ends the list.
    gap: tuple[float, float, float] = (1.0, 0.40, 0.06)
    #: But not above this: whatever has all that was asked for is shown, surely seen or not.
    clear: tuple[float, float, float] = (0.0, 0.62, 0.80)
    #: If some photo has this much more of what was asked for, having less is no match.
    lacking: tuple[float, float, float] = (1.0, 0.45, 0.0)
    #: And where it is more than so many together, those that have less are too many.
    few: int = 20
    #: If the best photo is no better than this, nothing is shown: the words mean nothing here.
    best: tuple[float, float, float] = (0.12, 0.36, 0.70)


#: Two moods so far apart on the map (2 x 2) have nothing in common.
FAR = 1.0
WEIGHTS = Weights()
CUT = Cut()
#: Of photos like a photo. Descriptions are more like each other than a few words are like any: two
#: photos that share no word are as like as 0.1 to 0.4, and the likest such of 240 as 0.57.
ALIKE = Cut(
    floor=(0.12, 0.50, 0.80),
    of_best=(0.0, 0.60, 0.9),
    gap=(1.0, 0.30, 0.06),
    best=(0.12, 0.55, 0.80),
)
#: Few photos lead their lines to one place: the likest of 231 in composition are as like as 0.4,
#: where any two have so much of their colours in common.
ALIKES: Mapping[str, Cut] = {
    "composition": replace(
        ALIKE, floor=(0.12, 0.30, 0.80), of_best=(0.0, 0.75, 0.95), best=(0.12, 0.30, 0.80)
    ),
    "colour": replace(
        ALIKE, floor=(0.12, 0.70, 0.90), of_best=(0.0, 0.90, 0.97), best=(0.12, 0.70, 0.90)
    ),
}


def at(strictness: int, three: tuple[float, float, float]) -> float:
    """The value at a strictness between the three."""
    low, middle, high = three
    if strictness <= 50:
        return low + (middle - low) * strictness / 50
    return middle + (high - middle) * (strictness - 50) / 50


def ramp(value: float, start: float, full: float) -> float:
    """0 up to ``start``, 1 from ``full`` on, straight between."""
    return min(1.0, max(0.0, (value - start) / (full - start)))


def ramps(values: NDArray[np.float64], start: float, full: float) -> NDArray[np.float64]:
    """The same for many."""
    ramped: NDArray[np.float64] = np.minimum(
        1.0, np.maximum(0.0, (values - start) / (full - start))
    )
    return ramped
