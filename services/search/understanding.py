"""A query understood: its tree, its chips, the words near its words, its place in meaning."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from services.search.database import Db
from services.search.language.grammar import parse
from services.search.language.known import names, stem
from services.search.language.plan import (
    Condition,
    Every,
    Filter,
    Part,
    Want,
    asks_nothing,
    has_tag,
    ranks,
    wants_of,
    widened,
    with_wants,
)
from services.search.language.reading import Reader, Reading
from services.search.language.ways import alternatives, with_ways
from services.search.meaning import Meaning
from services.search.vocabulary import Floats, Vocabulary, unit, vector_literal
from services.search.weights import WEIGHTS, Weights, ramp

NEAR_WORDS = 24  # of one want
LONGEST_TEXT = 300
SHORTEST_SLIP = 4  # letters of a word that may be misspelled
SURELY_SLIPPED = 6  # letters of a word in which two that are swapped leave no doubt
#: A word whose nearest word of the gallery is no more like it than this may be misspelled.
WEAK = 0.5
#: What filters: no misspelled word is taken for one of these.
SHAPES = ("orientation", "camera", "lens")
NOTHING = Reading(Every(()), (), "", ())


@dataclass(frozen=True)
class Understood:
    """All that the database is asked for one query."""

    q: str
    reading: Reading
    part: Part
    wants: Sequence[Want]
    conditions: Sequence[Condition]
    model: Mapping[str, Any] | None
    vector: Floats | None
    missing: tuple[str, ...] = ()
    weak: frozenset[str] = field(default_factory=frozenset)  # words that nothing here is like

    @property
    def empty(self) -> bool:
        return asks_nothing(self.part)

    @cached_property
    def wider(self) -> "Understood | None":
        """The same without what narrows its answer; None where nothing does."""
        part = widened(self.part)
        return None if part is self.part else replace(self, part=part)

    @property
    def ranks(self) -> bool:
        return ranks(self.part)

    @cached_property
    def filter(self) -> Filter | None:
        return Filter.of(self.part)

    @cached_property
    def place(self) -> str | None:
        """The vector as the database reads it."""
        return None if self.vector is None else vector_literal(self.vector)

    @property
    def known_wants(self) -> bool:
        return any(want.likeness or want.feeling for want in self.wants) or not self.ranks

    def likeness(self) -> dict[int, float]:
        """Every wanted tag and trait, and the most that it is like one of the wants."""
        found: dict[int, float] = {}
        for want in self.wants:
            for number, like in want.likeness.items():
                found[number] = max(like, found.get(number, 0.0))
        return found

    @property
    def keys(self) -> list[str]:
        """What the index of facts can narrow."""
        return [self.filter.key] if self.filter and self.filter.key else []

    @cached_property
    def every(self) -> list[list[int]]:
        """Of each want its tags and traits, where several things are wanted, and all of them."""
        sure = [[n for n, like in w.likeness.items() if like >= 0.5] for w in self.wants]
        return sure if len(sure) > 1 and all(sure) and not alternatives(self.part) else []

    def maybe(self) -> list[str]:
        """Of each want, photos that perhaps have one of its tags."""
        wanted = ([n for n in want.likeness if n > 0] for want in self.wants)
        return [has_tag(ids, name="maybe") for ids in wanted if ids]

    def together(self) -> str | None:
        """Photos that have a tag of each want: among many, no single tag's best photos are it."""
        if not self.every:
            return None
        return " && ".join([*self.keys, *(has_tag(ids) for ids in self.every)])


def understand(
    db: Db,
    q: str,
    vocabulary: Vocabulary,
    meaning: Meaning,
    today: date,
    absent: Set[int] = frozenset(),
) -> Understood:
    """``missing`` are texts that the embedder must place first; ``absent``, tags that are none to
    whoever asks. Raises ``BadQuery``."""
    node = parse(q)
    reading = Reader(vocabulary.terms.without(absent), today).read(node) if node else NOTHING
    model = vocabulary.model
    wants = list(wants_of(reading.part))
    if model is None:
        return _understood(q, reading, reading.part, None, None)
    whole = reading.text[:LONGEST_TEXT]
    ranked = any(not negated for _, negated in wants)
    texts = dict.fromkeys([text for want, _ in wants for text in want.near])
    if whole and ranked:
        texts[whole] = None
    vectors = meaning.recall(db, model["model_id"], list(texts))
    missing = tuple(text for text in texts if text not in vectors)
    placed = {id(want): _there(nearby(want, vectors, vocabulary), absent) for want, _ in wants}
    vector = vectors.get(whole) if ranked else None
    if vector is not None:
        vector = _away_from(vector, [w for w, negated in wants if negated], vectors, vocabulary)
    weak = {
        w.text for w, _ in wants if not w.known and max(placed[id(w)].values(), default=0) < WEAK
    }
    for want, _ in wants:
        slipped = slips(want, placed[id(want)], vocabulary)
        placed[id(want)] |= _there(slipped, absent)
    part = with_wants(reading.part, placed)
    return _understood(q, reading, part, model, vector, missing, weak)


def _understood(
    q: str,
    reading: Reading,
    part: Part,
    model: Mapping[str, Any] | None,
    vector: Floats | None,
    missing: tuple[str, ...] = (),
    weak: set[str] | None = None,
) -> Understood:
    part = with_ways(part)
    wants = [want for want, negated in wants_of(part) if not negated]
    conditions = alternatives(part)
    return Understood(
        q, reading, part, wants, conditions, model, vector, missing, frozenset(weak or ())
    )


def nearby(
    want: Want, vectors: Mapping[str, Floats], vocabulary: Vocabulary, weights: Weights = WEIGHTS
) -> dict[int, float]:
    """The gallery's words that are like a want, 0..1."""
    found: dict[int, float] = {}
    if want.meant is None or not (want.lexical and want.meant.kind not in ("colour", "text")):
        return found
    for place, text in enumerate(want.near):
        if (vector := vectors.get(text)) is None:
            continue
        part = 1.0 if place == 0 else weights.part_of_phrase
        near = vocabulary.near(vector, floor=weights.near_from, most=NEAR_WORDS)
        for number, cosine in near.items():
            like = part * ramp(cosine, weights.near_from, weights.near_full)
            found[number] = max(like, found.get(number, 0.0))
    found |= _near_known(want, vocabulary, weights)
    return {number: like for number, like in found.items() if _fits(want, number, vocabulary)}


def _there(likeness: Mapping[int, float], absent: Set[int]) -> dict[int, float]:
    return {number: like for number, like in likeness.items() if number not in absent}


def slips(
    want: Want, near: Mapping[int, float], vocabulary: Vocabulary, weights: Weights = WEIGHTS
) -> dict[int, float]:
    """Words that are spelled like a word of a want, and near it or two letters swapped: they were
    meant."""
    words = [word for word in want.near if may_slip(word)]
    spelled = [text for word in words for text in vocabulary.spelled_like(word, most=1)]
    swapped = {text for text in spelled for word in words if swaps(word, text)}
    return {
        term.number: weights.misspelled
        for text in spelled
        for term in vocabulary.terms.exactly(text)
        if near.get(term.number) or (text in swapped and term.kind not in SHAPES)
    }


def swaps(typed: str, word: str) -> bool:
    """'protrait' is 'portrait': hardly two long words differ by that alone."""
    if len(typed) < SURELY_SLIPPED or len(typed) != len(word):
        return False
    at = [place for place, (one, other) in enumerate(zip(typed, word, strict=True)) if one != other]
    return len(at) == 2 and typed[at[0]] == word[at[1]] and typed[at[1]] == word[at[0]]


def may_slip(text: str) -> bool:
    return len(text) >= SHORTEST_SLIP and text.isalpha() and stem(text) not in names()


def _near_known(want: Want, vocabulary: Vocabulary, weights: Weights) -> dict[int, float]:
    """Nearly the same as a word of the gallery, unless the lexicon tells the two apart."""
    found: dict[int, float] = {}
    for number in [number for number, like in want.likeness.items() if like == 1.0]:
        if (vector := vocabulary.vector(number)) is None:
            continue
        near = vocabulary.near(vector, floor=weights.near_known, most=NEAR_WORDS)
        for other, cosine in near.items():
            if stem(want.text) in names() and _named(other, vocabulary):
                continue
            like = ramp(cosine, weights.near_from, weights.near_full) * 0.95
            found[other] = max(like, found.get(other, 0.0))
    return found


def _named(number: int, vocabulary: Vocabulary) -> bool:
    return stem(vocabulary.terms.by_number[number].text) in names()


def _fits(want: Want, number: int, vocabulary: Vocabulary) -> bool:
    """A technique is like no label, however near the words lie."""
    kind = want.meant.kind if want.meant else ""
    other = vocabulary.terms.by_number[number].kind
    if kind in ("composition", "mood"):
        return other in (kind, "user")
    return kind == "words" or other != "composition"


def _away_from(
    vector: Floats,
    unwanted: Sequence[Want],
    vectors: Mapping[str, Floats],
    vocabulary: Vocabulary,
) -> Floats:
    """Negation is hard on tags and soft on meaning."""
    pushes = []
    for want in unwanted:
        best = max(want.likeness, key=lambda n: want.likeness[n], default=None)
        known = None if best is None else vocabulary.vector(best)
        push = vectors.get(want.near[0]) if known is None and want.near else known
        if push is not None:
            pushes.append(push)
    if not pushes:
        return vector
    moved: Floats = vector - WEIGHTS.away * np.sum(pushes, axis=0)
    return unit(moved)
