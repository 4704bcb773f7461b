"""What is known without asking a model: the gallery's own words and other names for them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.search.language import lexicon

Ints = NDArray[np.int64]

#: Words between the words of a name.
JOINED = frozenset(["and", "&"])
VOWEL = re.compile(r"[aeiouy]")
#: How sure another name of the same thing is, a kind of it, and what it is a kind of.
SAME, KIND_OF, BROADER = 0.92, 0.86, 0.6


@dataclass(frozen=True)
class Term:
    """A tag or a trait of some photo. Traits have negative numbers."""

    number: int
    kind: str
    text: str


def stem(text: str) -> str:
    """One form for singular and plural, with and without accents, hyphens and 'and'."""
    plain = bare(text.lower())
    words = re.split(r"[\s_-]+", plain.replace("'", ""))
    # An 'and' is gone from what was typed: whoever types 'black and white' means one thing.
    return " ".join(_singular(word) for word in words if word and word not in JOINED) or plain


def bare(text: str) -> str:
    """Without accents."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def other_forms(word: str) -> Iterator[str]:
    """What is done and what does it: 'skiing' and 'ski', 'smiling' and 'smile'."""
    if word.endswith("ing"):
        root = word[:-3]
        if len(root) > 2 and VOWEL.search(root):
            yield from (root, root + "e", root[:-1] if root[-1:] == root[-2:-1] else root)
    elif len(word) > 2 and word.isalpha():
        yield word.removesuffix("e") + "ing"
        yield word + word[-1] + "ing"


#: The kinds of tags that the lexicon's names stand for.
KINDS = ("composition", "mood", "label")
TAGS = (*KINDS, "user")


@lru_cache(maxsize=1)
def names() -> Mapping[str, list[tuple[str, str, Mapping[str, float]]]]:
    """By stem: kind, plainest name, and which other names are the same thing, how surely."""
    found: dict[str, list[tuple[str, str, Mapping[str, float]]]] = defaultdict(list)
    for kind in KINDS:
        for group in lexicon.groups(kind):
            alike = dict.fromkeys(map(stem, group.broader), BROADER)
            alike |= dict.fromkeys(map(stem, group.kinds), KIND_OF)
            alike |= dict.fromkeys(map(stem, group.names), SAME)
            for name in dict.fromkeys(map(stem, group.names)):
                found[name].append((kind, group.names[0], alike))
    return found


def _begins(word: str, names: Iterable[str]) -> bool:
    """'fuji' is a FUJIFILM, and 'iphones' are; of two or three letters all must be there."""
    word, long = _singular(word), len(word) > 3
    return any(word == _singular(name) or (long and name.startswith(word)) for name in names)


class Terms:
    """The words in use, by stem. Only ever added to; one instance is shared by threads."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self.by_number: dict[int, Term] = {}
        self._ordered: tuple[Ints, Ints] = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._by_stem: dict[str, list[Term]] = {}
        self._absent: Set[int] = frozenset()
        self.add(terms)

    def without(self, absent: Set[int]) -> "Terms":
        """The same words, as whoever has none of these knows them. To be read only."""
        some = copy(self)
        some._absent = absent
        return some

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
        return [
            term
            for term in found
            if (kinds is None or term.kind in kinds) and term.number not in self._absent
        ]

    def meaning(self, text: str, kinds: Iterable[str] | None = None) -> dict[int, float]:
        """Which terms are this, 0..1: the word itself, its other names, its kinds.

        What it is a kind of comes in only where there is none of these: a woman is a person.
        """
        found: dict[int, float] = {}
        for kind, _, alike in names().get(stem(text), []):
            if kinds is None or kind in kinds:
                for name, sure in alike.items():
                    for term in self.exactly(name, (kind, "user") if sure > BROADER else TAGS):
                        found[term.number] = max(sure, found.get(term.number, 0))
        found |= {term.number: 1.0 for term in self.exactly(text, kinds)}
        close = {number: sure for number, sure in found.items() if sure > BROADER}
        return close or found

    def containing(self, text: str, kind: str) -> list[Term]:
        """Cameras and lenses are found by a part of their name."""
        wanted = text.lower().split()
        return [
            term
            for term in list(self.by_number.values())
            if term.kind == kind and all(_begins(word, term.text.split()) for word in wanted)
        ]

    def naming(self, text: str, kind: str) -> list[Term]:
        """Cameras and lenses whose name has this in it, as it stands."""
        wanted = text.lower()
        return [
            term
            for term in list(self.by_number.values())
            if term.kind == kind and wanted in term.text
        ]
