"""Search: a query understood, candidates weighed, the list cut, and every hit explained."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import dict_row

from services.common.api import Chip, Count, Hit, SearchAnswer, Why
from services.search import candidates
from services.search.cutoff import cut
from services.search.database import Db
from services.search.gallery import BadCursor, photo_fields, read_cursor, write_cursor
from services.search.language.known import Terms
from services.search.language.plan import Meant, Want
from services.search.meaning import Meaning
from services.search.ranking import Grounds, Ranked, Ranking
from services.search.sql import SQL
from services.search.understanding import Understood, suggestion, understand
from services.search.vocabulary import Vocabulary
from services.search.weights import CUT

Sort = Literal["relevance", "newest", "oldest"]
FACET_WORDS = 20
COUNTED_TERMS = 3000
#: Below this nothing is a match, not even a weak one.
NOISE = CUT.floor[0]
WHOLE = "the photo as a whole"


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
    since: datetime | None = None


@dataclass(frozen=True)
class Matches:
    """Everything that matches, best first; the first ``shown`` of them are above the cut."""

    ranked: Sequence[Ranked]
    shown: int
    complete: bool

    @property
    def weaker(self) -> int:
        return len(self.ranked) - self.shown


@dataclass(frozen=True)
class Asking:
    """What a search needs besides the database. Safe to share by threads."""

    vocabulary: Vocabulary
    meaning: Meaning
    sizes: candidates.Sizes = field(default_factory=candidates.Sizes)

    def understand(self, db: Db, q: str, today: date | None = None) -> Understood:
        """Raises ``BadQuery``."""
        today = today or datetime.now(UTC).date()
        return understand(db, q, self.vocabulary, self.meaning, today)

    def matches(self, db: Db, owner: str, asked: Understood, strictness: int) -> Matches:
        if asked.empty:
            return Matches([], 0, True)
        found = candidates.find(db, owner, asked, self.sizes, self.vocabulary.terms)
        ranking = Ranking(asked.part, asked.wants, asked.conditions, heard=asked.vector is not None)
        weighed = candidates.weigh(db, owner, asked, found)
        scored = [Ranked(one, ranking.likeness(one), ranking) for one in weighed]
        ranked = sorted((one for one in scored if one.likeness >= NOISE), key=place)
        shown = len(ranked)
        if asked.ranks:
            shown = cut([one.likeness for one in ranked], strictness)
        everything = self.sizes.passing(db, owner, None)
        complete = everything <= candidates.FEW_PASSING or len(found) < candidates.MOST
        return Matches(ranked, shown, complete)

    def answer(self, db: Db, question: Question, asked: Understood) -> SearchAnswer:
        """Raises ``BadCursor``. Everything is read in the caller's one snapshot."""
        matches = self.matches(db, question.owner, asked, question.strictness)
        chosen = matches.ranked if question.weaker else matches.ranked[: matches.shown]
        page, cursor = _page(chosen, question)
        return SearchAnswer(
            query=question.q,
            photos=self.hits(db, page, asked),
            facets=facets(
                db,
                [one.photo_id for one in matches.ranked[: matches.shown]],
                self.vocabulary.terms,
            ),
            cursor=cursor,
            total=len(chosen),
            complete=matches.complete,
            weaker=0 if question.weaker else matches.weaker,
            strictness=question.strictness,
            chips=[chip(meant) for meant in asked.reading.chips],
            did_you_mean=suggestion(asked, self.vocabulary),
            meaning=not asked.missing and asked.model is not None,
        )

    def hits(self, db: Db, page: Sequence[Ranked], asked: Understood) -> list[Hit]:
        ids = [one.photo_id for one in page]
        wanted = [number for number in asked.likeness() if number > 0]
        with db.cursor(row_factory=dict_row) as rows:
            found = rows.execute(SQL["photos_by_id"], {"photo_ids": ids}).fetchall()
        by_id = {row["id"]: row for row in found}
        fields = {"photo_ids": ids, "tag_ids": wanted}
        sources = {(p, t): source for p, t, source in db.execute(SQL["tag_sources"], fields)}
        return [
            Hit(
                **photo_fields(by_id[one.photo_id]),
                likeness=one.likeness,
                why=[self._why(one, grounds, asked, sources) for grounds in one.grounds],
            )
            for one in page
            if one.photo_id in by_id
        ]

    def _why(
        self,
        one: Ranked,
        grounds: Grounds,
        asked: Understood,
        sources: dict[tuple[UUID, int], str],
    ) -> Why:
        want = grounds.want
        tag, kind, source = self._named(one, grounds, asked, sources)
        return Why(
            tag=tag,
            kind=kind,
            source=source,
            confidence=grounds.confidence,
            likeness=min(1.0, grounds.likeness),
            share=min(1.0, grounds.points / one.likeness),
            points=min(1.0, grounds.points),
            term=want.meant.text if want and want.meant else "",
        )

    def _named(
        self,
        one: Ranked,
        grounds: Grounds,
        asked: Understood,
        sources: dict[tuple[UUID, int], str],
    ) -> tuple[str, str, str]:
        """What a reason is called, its kind, and who says so."""
        want = grounds.want
        if grounds.number is not None:
            term = self.vocabulary.terms.by_number[grounds.number]
            measured = "pixels" if term.kind in ("colour", "orientation") else "exif"
            source = sources.get((one.photo_id, grounds.number), "")
            return term.text, term.kind, measured if grounds.number < 0 else source
        if isinstance(want, Want):
            return want.text, "name", "name"
        if want is not None and want.meant:
            return want.meant.meaning, want.meant.kind, "filter"
        return WHOLE, "meaning", str(asked.model["name"]) if asked.model else ""


def chip(meant: Meant) -> Chip:
    return Chip(
        start=meant.span.start,
        end=meant.span.end,
        text=meant.text,
        kind=meant.kind,
        meaning=meant.meaning,
        query=meant.query,
        confidence=meant.confidence,
        negated=meant.negated,
    )


def facets(db: Db, photo_ids: Sequence[UUID], terms: Terms) -> dict[str, list[Count]]:
    """The commonest tags and traits of some photos, by kind; their names are known here."""
    counted: dict[str, list[Count]] = {}
    if photo_ids:
        fields = {"photo_ids": list(photo_ids), "limit": COUNTED_TERMS}
        for number, count in db.execute(SQL["count_facets"], fields):
            if (term := terms.by_number.get(number)) is None:
                continue
            words = counted.setdefault(term.kind, [])
            if len(words) < FACET_WORDS:
                words.append(Count(text=term.text, count=count))
    return counted


def place(one: Ranked) -> tuple[float, float, str]:
    """The order of matches: best first, newest first among equals, and then always the same."""
    return -one.likeness, -one.at, str(one.photo_id)


def _place(one: Ranked, sort: Sort) -> tuple[float, float, str]:
    match sort:
        case "newest":
            return -one.at, 0.0, str(one.photo_id)
        case "oldest":
            return one.at, 0.0, str(one.photo_id)
    return place(one)


def _page(chosen: Sequence[Ranked], question: Question) -> tuple[list[Ranked], str | None]:
    if question.sort != "relevance":
        chosen = sorted(chosen, key=lambda one: _place(one, question.sort))
    after = _read_cursor(question.cursor)
    rest = [one for one in chosen if after is None or _place(one, question.sort) > after]
    page = rest[: question.limit]
    more = len(rest) > question.limit
    return page, write_cursor(*_place(page[-1], question.sort)) if more else None


def _read_cursor(cursor: str | None) -> tuple[float, float, str] | None:
    if not cursor:
        return None
    parts: list[Any] = read_cursor(cursor, 3)
    try:
        return float(parts[0]), float(parts[1]), str(UUID(parts[2]))
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadCursor(cursor) from error
