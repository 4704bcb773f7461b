"""The gallery's words in memory: for reading queries, near meanings, completion and typos.

Some ten thousand words with their vectors are a few megabytes, and looking at all of them is
faster than asking an index. Words are only ever added; photos are never in here.
"""

import sys
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.rows import dict_row
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from services.search.database import Db
from services.search.language.known import Term, Terms, bare, names
from services.search.sql import SQL

Floats = NDArray[np.float32]
#: Ids that are read again at every look: transactions may commit in another order.
LOOK_BACK = 200
#: Seconds after which they are, and after which words without a place are asked for theirs.
AGAIN = 1.0
#: Vectors read by one statement: no time-out is in sight.
AT_ONCE = 5000
REMEMBERED = 5000  # places whose near words are known
#: Letters that may be wrong in a word, by its length. (The first one seldom is.)
TYPOS = ((7, 1), (999, 2))


class Vocabulary:
    """Safe to share by threads: what it holds is replaced, never changed."""

    def __init__(self) -> None:
        self.terms = Terms()
        self.model: dict[str, Any] | None = None
        self._lock = Lock()
        self._last_tag = self._last_trait = 0
        self._next_look = 0.0
        self._placed: dict[int, int] = {}
        self._unplaced: set[int] = set()
        self._vectors: Floats = np.zeros((0, 0), np.float32)
        self._numbers: NDArray[np.int64] = np.zeros(0, np.int64)
        self._ordered = InOrder()
        self._nearest: dict[tuple[bytes, float, int, int], dict[int, float]] = {}

    @property
    def edition(self) -> tuple[int, int, int]:
        """Another one whenever a query may be understood otherwise."""
        model_id = int(self.model["model_id"]) if self.model else 0
        return len(self.terms.by_number), len(self._placed), model_id

    def look(self, db: Db) -> None:
        """Learn the words that came since the last look."""
        tag, trait, model_id = db.execute(SQL["newest_words"]).fetchone() or (0, 0, None)
        now = time.monotonic()
        known = (tag or 0) <= self._last_tag and (trait or 0) >= self._last_trait
        if known and model_id == (self.model and self.model["model_id"]) and now < self._next_look:
            return
        self._next_look = now + AGAIN
        with db.cursor(row_factory=dict_row) as rows:
            model = rows.execute(SQL["active_model"]).fetchone()
            after = {
                "after_tag": self._last_tag - LOOK_BACK,
                "after_trait": self._last_trait + LOOK_BACK,
            }
            found = rows.execute(SQL["new_terms"], after).fetchall()
        new = [Term(**row) for row in found if row["number"] not in self.terms.by_number]
        with self._lock:
            if (model and model["model_id"]) != (self.model and self.model["model_id"]):
                self._switch(model)
            self.terms.add(new)
            numbers = [term.number for term in new]
            self._last_tag = max(self._last_tag, *numbers, 0)
            self._last_trait = min(self._last_trait, *numbers, 0)
            self._unplaced |= {number for number in numbers if number > 0}
            if model and self._unplaced:
                self._place(db, int(model["model_id"]))

    def warm(self, db: Db) -> None:
        """Before the first query: tens of thousands of words take a moment to read and to sort."""
        self.look(db)
        self._in_order()

    def _switch(self, model: dict[str, Any] | None) -> None:
        """Vectors of two models are never compared."""
        self.model = model
        self._placed, self._numbers, self._nearest = {}, np.zeros(0, np.int64), {}
        self._vectors = np.zeros((0, model["dimensions"] if model else 0), np.float32)
        self._unplaced = {number for number in self.terms.by_number if number > 0}

    def _place(self, db: Db, model_id: int) -> None:
        wanted = sorted(self._unplaced)
        for start in range(0, len(wanted), AT_ONCE):
            self._place_some(db, model_id, wanted[start : start + AT_ONCE])

    def _place_some(self, db: Db, model_id: int, tag_ids: list[int]) -> None:
        fields = {"model_id": model_id, "tag_ids": tag_ids}
        found = db.execute(SQL["word_vectors"], fields, binary=True).fetchall()
        if not found:
            return
        rows = unit(np.stack([numbers_of(sent) for _, sent in found]))
        new = [tag_id for tag_id, _ in found]
        self._placed |= {number: len(self._placed) + place for place, number in enumerate(new)}
        self._vectors = np.concatenate([self._vectors, rows])
        self._numbers = np.concatenate([self._numbers, np.array(new, np.int64)])
        self._unplaced.difference_update(new)

    def vector(self, number: int) -> Floats | None:
        place = self._placed.get(number)
        return None if place is None else self._vectors[place]

    def near(self, vector: Floats, *, floor: float, most: int) -> dict[int, float]:
        """The words most like a place in the space of meaning, and how like (cosine)."""
        with self._lock:
            vectors, numbers = self._vectors, self._numbers
        if not len(numbers) or vectors.shape[1] != len(vector):
            return {}
        key = (vector.tobytes(), floor, most, len(numbers))
        if key in self._nearest:
            return self._nearest[key]
        if len(self._nearest) > REMEMBERED:
            self._nearest = {}
        likeness = vectors @ vector
        best = np.argpartition(-likeness, min(most, len(likeness)) - 1)[:most]
        found = {int(numbers[n]): float(likeness[n]) for n in best if likeness[n] >= floor}
        self._nearest[key] = found
        return found

    def beginning(self, text: str, *, most: int) -> list[Term]:
        """Words that begin so, or one of whose words does: 'retr' begins 'golden retriever'.

        Accents are asked of nobody: 'cafe' begins 'café', and so does 'café' 'cafe'.
        """
        text, starts = bare(text), self._in_order().starts
        first = bisect_left(starts, (text, -sys.maxsize))
        last = bisect_left(starts, (text + chr(sys.maxunicode), -sys.maxsize))
        numbers = dict.fromkeys(number for _, number in starts[first : min(last, first + most)])
        return [self.terms.by_number[number] for number in numbers]

    def spelled_like(self, text: str, *, most: int = 5) -> list[str]:
        """Words of the gallery and of the lexicon that differ by a slip, the nearest first."""
        slips = next(slips for length, slips in TYPOS if len(text) <= length)
        found = process.extract(
            text,
            self._in_order().spellings.get(text[:1], ()),
            scorer=DamerauLevenshtein.distance,
            score_cutoff=slips,
            limit=most,
        )
        return [word for word, _, _ in found]

    def _in_order(self) -> "InOrder":
        """Made anew when words came."""
        if self._ordered.size != len(self.terms.by_number):
            self._ordered = InOrder.of(list(self.terms.by_number.values()))
        return self._ordered


@dataclass(frozen=True)
class InOrder:
    """Words as a finger types them: every beginning of a word within them, and every spelling."""

    size: int = 0
    starts: Sequence[tuple[str, int]] = ()
    spellings: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by their first letter

    @classmethod
    def of(cls, terms: Sequence[Term]) -> "InOrder":
        starts: list[tuple[str, int]] = []
        for term in terms:
            text, place = bare(term.text), 0
            while True:
                starts.append((text[place:], term.number))
                if not (place := text.find(" ", place) + 1):
                    break
        spellings: dict[str, list[str]] = {}
        for text in dict.fromkeys([*(term.text for term in terms), *names()]):
            spellings.setdefault(text[:1], []).append(text)
        return cls(len(terms), sorted(starts), spellings)


def numbers_of(sent: bytes) -> Floats:
    """A halfvec as the database sends it: its length, two spare bytes, half floats."""
    return np.frombuffer(sent, ">f2", offset=4).astype(np.float32)


def unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Floats = vectors / np.maximum(lengths, 1e-9)
    return scaled


def vector_literal(vector: Sequence[float] | Floats) -> str:
    return "[" + ",".join(format(float(number), ".6g") for number in vector) + "]"
