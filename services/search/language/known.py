"""What is known without asking a model: the gallery's own words and other names for them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.search.language import lexicon

Ints = NDArray[np.int64]

#: How sure another name of the same thing is, and a kind of it.
SAME, KIND_OF = 0.92, 0.86


@dataclass(frozen=True)
class Term:
    """A tag or a trait of some photo. Traits have negative numbers."""

    number: int
    kind: str
    text: str


def stem(text: str) -> str:
    """One form for singular and plural, with and without accents and hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(
        _singular(word) for word in re.split(r"[\s_-]+", plain.replace("'", "")) if word
    )


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


#: The kinds of tags that the lexicon's names stand for.
KINDS = ("composition", "mood", "label")


@lru_cache(maxsize=1)
def names() -> Mapping[str, list[tuple[str, str, Mapping[str, float]]]]:
    """By stem: kind, plainest name, and which other names are the same thing, how surely."""
    found: dict[str, list[tuple[str, str, Mapping[str, float]]]] = defaultdict(list)
    for kind in KINDS:
        for plain, same, kinds in lexicon.groups(kind):
            alike = {stem(name): KIND_OF for name in kinds} | {stem(name): SAME for name in same}
            for name in dict.fromkeys(map(stem, same)):
                found[name].append((kind, plain, alike))
    return found


class Terms:
    """The words in use, by stem. Only ever added to; one instance is shared by threads."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self.by_number: dict[int, Term] = {}
        self._ordered: tuple[Ints, Ints] = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._by_stem: dict[str, list[Term]] = {}
        self.add(terms)

    def add(self, terms: Iterable[Term]) -> None:
        for term in terms:
            if term.number not in self.by_number:
                self.by_number[term.number] = term
                key = stem(term.text)
                self._by_stem[key] = [*self._by_stem.get(key, []), term]

    def kinds_of(self, numbers: Ints) -> Ints:
        """A number for the kind of each of these terms, without a loop; -1 for what is none."""
        known, kinds = self._in_order()
        place = np.searchsorted(known, numbers)
        there = place < len(known)
        there[there] = known[place[there]] == numbers[there]
        found = np.full(len(numbers), -1, np.int64)
        found[there] = kinds[place[there]]
        return found

    def _in_order(self) -> tuple[Ints, Ints]:
        if len(self._ordered[0]) != len(self.by_number):
            terms = list(self.by_number.values())
            terms.sort(key=lambda term: term.number)
            codes = {kind: code for code, kind in enumerate(sorted({t.kind for t in terms}))}
            self._ordered = (
                np.array([term.number for term in terms], np.int64),
                np.array([codes[term.kind] for term in terms], np.int64),
            )
        return self._ordered

    def exactly(self, text: str, kinds: Iterable[str] | None = None) -> list[Term]:
        found = self._by_stem.get(stem(text), [])
        return [term for term in found if kinds is None or term.kind in kinds]

    def meaning(self, text: str, kinds: Iterable[str] | None = None) -> dict[int, float]:
        """Which terms are this, 0..1: the word itself, its other names, its kinds."""
        found: dict[int, float] = {}
        for kind, _, alike in names().get(stem(text), []):
            if kinds is None or kind in kinds:
                for name, sure in alike.items():
                    for term in self.exactly(name, (kind, "user")):
                        found[term.number] = max(sure, found.get(term.number, 0))
        return found | {term.number: 1.0 for term in self.exactly(text, kinds)}

    def containing(self, text: str, kind: str) -> list[Term]:
        """Cameras and lenses are found by a part of their name."""
        wanted = text.lower().split()
        return [
            term
            for term in list(self.by_number.values())
            if term.kind == kind and all(word in term.text.split() for word in wanted)
        ]

    def naming(self, text: str, kind: str) -> list[Term]:
        """Cameras and lenses whose name has this in it, as it stands."""
        wanted = text.lower()
        return [
            term
            for term in list(self.by_number.values())
            if term.kind == kind and wanted in term.text
        ]
