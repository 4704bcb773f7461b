"""Search: a query understood, candidates weighed, the list cut, and every hit explained."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Literal
from uuid import UUID

import numpy as np
from psycopg.errors import QueryCanceled

from services.common.api import SearchAnswer, TagPage
from services.search import candidates
from services.search.database import Db
from services.search.evidence import Evidences, Ints
from services.search.gallery import BadCursor, read_cursor, write_cursor
from services.search.hits import Plain, chip, facets, hits, written
from services.search.meaning import Meaning
from services.search.ranking import MILLION, Ranked, Ranking
from services.search.remembered import Lately, Remembered
from services.search.spelling import suggestion
from services.search.sql import SQL
from services.search.strictness import shown_at
from services.search.understanding import Understood, understand
from services.search.used import Used
from services.search.vocabulary import Vocabulary
from services.search.weights import CUT

Sort = Literal["relevance", "newest", "oldest"]
#: Below this nothing is a match, not even a weak one.
NOISE = CUT.floor[0]


@dataclass(frozen=True)
class Question:
    """What is asked, and how much of the answer is wanted."""

    owner: str
    q: str
    limit: int = 50
    cursor: str | None = None
    strictness: int = 50
    weaker: bool = False
    sort: Sort = "relevance"

    @property
    def deep(self) -> bool:
        """The best of some will not do: all of them are wanted, or in another order."""
        return self.weaker or self.sort != "relevance"


@dataclass(frozen=True)
class Matches:
    """Rows of everything that matches, best first; the first ``shown`` are above the cut."""

    evidences: Evidences
    points: Ints  # of every row, in millionths
    order: Ints
    shown: int
    complete: bool
    ranking: Ranking

    @property
    def weaker(self) -> int:
        return len(self.order) - self.shown

    def chosen(self) -> Iterator[tuple[UUID, float]]:
        """The photos above the cut, and how well they match."""
        for row in self.order[: self.shown].tolist():
            yield self.evidences.photo_id(row), int(self.points[row]) / MILLION

    def told(self, rows: Ints, asked: Understood) -> Iterator[Ranked]:
        """Some of them with their reasons."""
        likenesses = (self.points[rows] / MILLION).tolist()
        some = self.evidences.some(rows, asked.likeness())
        for one, likeness in zip(some, likenesses, strict=True):
            yield Ranked(one.photo_id, likeness, self.ranking.grounds(one))


@dataclass(frozen=True)
class Asking:
    """What a search needs besides the database. Safe to share by threads."""

    vocabulary: Vocabulary
    meaning: Meaning
    sizes: candidates.Sizes = field(default_factory=candidates.Sizes)
    remembered: Remembered = field(default_factory=Remembered)
    used: Used = field(default_factory=Used)
    #: Counting thousands of words at every first letter takes longer than all else of a completion.
    completed: Lately[TagPage] = field(default_factory=lambda: Lately(2.0, 1000))

    def warm(self, db: Db) -> None:
        """Before the first query: the words, and the part of the index that all walks cross."""
        self.vocabulary.warm(db)
        with suppress(QueryCanceled):  # a slow disk: then queries warm it
            db.execute(SQL["warm_meaning"])

    def understand(
        self, db: Db, q: str, today: date | None = None, *, owner: str | None = None
    ) -> Understood:
        """As the owner's gallery knows its words, if one is named. Raises ``BadQuery``."""
        today = today or datetime.now(UTC).date()
        self.vocabulary.look(db)
        absent: frozenset[int] = frozenset()
        asked = self._understood(db, q, today, absent)
        while owner and (none := self.used.absent(db, owner, asked.wants)):
            absent |= none
            asked = self._understood(db, q, today, absent)
        return asked

    def _understood(self, db: Db, q: str, today: date, absent: frozenset[int]) -> Understood:
        key = (q, today, self.vocabulary.edition, absent)
        if (known := self.remembered.get(key)) is not None:
            return known
        asked = understand(db, q, self.vocabulary, self.meaning, today, absent)
        if not asked.missing:
            self.remembered.keep(key, asked)
        return asked

    def matches(
        self, db: Db, owner: str, asked: Understood, strictness: int, *, deep: bool = True
    ) -> Matches:
        ranking = ranking_of(asked)
        if asked.empty:
            return Matches(Evidences.of(None, None, None), NO_ROWS, NO_ROWS, 0, True, ranking)
        found = candidates.find(db, owner, asked, self.sizes, self.vocabulary.terms, deep=deep)
        points = ranking.weigh(found.evidences)
        order = found.evidences.in_order(-points, -found.evidences.at)
        order = order[: int(np.count_nonzero(points >= NOISE * MILLION))]
        shown = len(order)
        if asked.ranks:
            covers = ranking.covers(found.evidences)[order]
            shown = shown_at(points[order] / MILLION, covers, strictness)
        matches = Matches(found.evidences, points, order, shown, not found.capped, ranking)
        if asked.ranks and asked.wider:
            wide = self.matches(db, owner, asked.wider, strictness, deep=deep)
            matches = replace(matches, shown=within(matches, wide))
        return matches

    def answer(self, db: Db, question: Question, asked: Understood) -> SearchAnswer:
        """For whoever reads it here; others take it as it is ``written``. Raises ``BadCursor``."""
        return SearchAnswer.model_validate_json(self.written(db, question, asked))

    def written(self, db: Db, question: Question, asked: Understood) -> bytes:
        """Raises ``BadCursor``. Everything is read in the caller's one snapshot."""
        after = read_place(question.cursor)
        wanted = question.limit + (after.served if after else 0)
        everything = self.sizes.passing(db, question.owner, None)
        deep = question.deep or wanted > candidates.at_first(everything, asked).sure
        matches = self.matches(db, question.owner, asked, question.strictness, deep=deep)
        page, more = turn(matches, question, after)
        cursor = write_place(matches, question, int(page[-1]), wanted) if more else None
        ranked = list(matches.told(page, asked))
        terms = self.vocabulary.terms
        shown = matches.order[: matches.shown]
        answer: Plain = {
            "query": question.q,
            "photos": hits(db, ranked, asked, terms),
            "facets": facets(matches.evidences.counted(shown), terms),
            "cursor": cursor,
            "total": len(matches.order) if question.weaker else matches.shown,
            "complete": matches.complete,
            "weaker": 0 if question.weaker else matches.weaker,
            "strictness": question.strictness,
            "chips": [chip(meant).model_dump() for meant in asked.reading.chips],
            "did_you_mean": suggestion(
                asked, self.vocabulary, partial(self.used.there, db, question.owner)
            ),
            "meaning": not asked.missing and asked.model is not None,
        }
        return written(answer)


def within(narrow: Matches, wide: Matches) -> int:
    """How many are shown of what was narrowed: those that are shown without that.

    A facet counts them, so whoever chooses it sees as many.
    """
    if not wide.weaker and wide.complete:
        return len(narrow.order)
    if not wide.shown:
        return 0
    last = wide.order[wide.shown - 1]
    points, at = narrow.points[narrow.order], narrow.evidences.at[narrow.order]
    least, then = wide.points[last], wide.evidences.at[last]
    seen = int(np.count_nonzero((points > least) | ((points == least) & (at >= then))))
    # Nothing was cut off, but not all was weighed: the rest may be above the cut as well as below.
    return seen if wide.weaker else max(seen, narrow.shown)


def ranking_of(asked: Understood) -> Ranking:
    return Ranking(asked.part, asked.wants, asked.conditions, heard=asked.vector is not None)


NO_ROWS: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Place:
    """Where a page ended, after so many photos."""

    first: int
    second: int
    photo_id: bytes
    served: int


def turn(matches: Matches, question: Question, after: Place | None) -> tuple[Ints, bool]:
    """The rows of one page, and whether there is another."""
    chosen = matches.order if question.weaker else matches.order[: matches.shown]
    first, second = _keys(matches, question.sort)
    if question.sort != "relevance":
        order = matches.evidences.in_order(first, second)
        chosen = order[np.isin(order, chosen)]
    start = 0 if after is None else _start(matches, chosen, first, second, after)
    end = start + question.limit
    return chosen[start:end], len(chosen) > end


def _keys(matches: Matches, sort: Sort) -> tuple[Ints, Ints]:
    """What rows are sorted by, the least first."""
    micros = (matches.evidences.at * 1e6).astype(np.int64)
    match sort:
        case "newest":
            return -micros, np.zeros_like(micros)
        case "oldest":
            return micros, np.zeros_like(micros)
    return -matches.points, -micros


def _start(matches: Matches, chosen: Ints, first: Ints, second: Ints, after: Place) -> int:
    """The first row behind a place: the rows are in the order of these keys."""
    wanted = (after.first, after.second, after.photo_id)
    low, high = 0, len(chosen)
    while low < high:
        middle = (low + high) // 2
        row = int(chosen[middle])
        key = (int(first[row]), int(second[row]), matches.evidences.photo_id(row).bytes)
        low, high = (middle + 1, high) if key <= wanted else (low, middle)
    return low


def write_place(matches: Matches, question: Question, row: int, served: int) -> str:
    first, second = _keys(matches, question.sort)
    photo_id = str(matches.evidences.photo_id(row))
    return write_cursor(int(first[row]), int(second[row]), photo_id, served)


def read_place(cursor: str | None) -> Place | None:
    """Raises ``BadCursor``."""
    if not cursor:
        return None
    first, second, photo_id, served = read_cursor(cursor, 4)
    if not all(type(one) is int and abs(one) < 2**63 for one in (first, second, served)):
        raise BadCursor(cursor)
    try:
        return Place(first, second, UUID(photo_id).bytes, max(0, served))
    except (TypeError, ValueError, AttributeError) as error:
        raise BadCursor(cursor) from error
