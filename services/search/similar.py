"""Photos like a photo: in meaning, geometry, mood or colour; with words for what should differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from services.common.api import SearchAnswer
from services.common.description import describe
from services.common.finding import Dropped, Way
from services.search import candidates
from services.search.apply import point_of
from services.search.cutoff import cut
from services.search.database import Db
from services.search.evidence import Doubles, Evidence, Evidences, Ints
from services.search.hits import chip, facets, hits, written
from services.search.query import Asking, Question, ranking_of
from services.search.ranking import MILLION, Grounds, Ranked, Ranking
from services.search.record import NoSuchPhoto
from services.search.sql import SQL
from services.search.understanding import Understood
from services.search.vocabulary import Floats, numbers_of, unit, vector_literal
from services.search.weights import ALIKE, ALIKES, FAR, ramp

MOST = 200
#: How much of a photo's likeness is being like the photo, when words are asked for too.
LIKE_WITH_WORDS = 0.6
#: How far words move the place of a photo in the space of meaning.
MOVE = 0.6
QUERIES: Mapping[Way, str] = {
    "composition": "like_composition",
    "mood": "like_mood",
    "colour": "like_colour",
}
#: Distances that are no likeness at all: geometry (L2), mood (of a map 2 x 2), colour (cosine).
FARTHEST: Mapping[Way, float] = {"composition": 1.4, "mood": FAR, "colour": 0.6}
MEANING_FROM, MEANING_FULL = 0.3, 0.95


@dataclass(frozen=True)
class Places:
    """Where the photo lies that others shall be like. None where that is not known."""

    meaning: Floats | None
    composition: str | None
    mood: str | None
    colour: str | None

    def of(self, way: Way) -> str | None:
        match way:
            case "composition":
                return self.composition
            case "mood":
                return self.mood
            case "colour":
                return self.colour
        return None if self.meaning is None else vector_literal(self.meaning)


def places_of_photo(db: Db, owner: str, photo_id: UUID, model_id: int | None) -> Places:
    """Raises ``NoSuchPhoto``."""
    fields = {"owner": owner, "photo_id": photo_id, "model_id": model_id}
    with db.cursor(row_factory=dict_row) as rows:
        row = rows.execute(SQL["places_of_photo"], fields).fetchone()
    if row is None:
        raise NoSuchPhoto(photo_id)
    sent = row.pop("meaning")
    return Places(meaning=unit(numbers_of(sent)) if sent else None, **row)


def text_of(dropped: Dropped) -> str:
    """What the embedder is asked to place."""
    return describe(dropped.caption, dropped.tags)


def places_of_dropped(db: Db, dropped: Dropped, meaning: Floats | None) -> Places:
    techniques = {tag.text: tag.confidence for tag in dropped.tags if tag.kind == "composition"}
    seen: dict[str, Any] = {}
    for tag in dropped.tags:
        seen |= tag.evidence or {}
    moods = [
        {"text": tag.text, "sure": tag.confidence, **_mood(tag.evidence or {})}
        for tag in dropped.tags
        if tag.kind == "mood"
    ]
    fields = {
        "techniques": Jsonb(techniques),
        "evidence": Jsonb(seen),
        "ratio": dropped.width / dropped.height,
        "moods": Jsonb(moods),
        "feeling": point_of(dropped.feeling),
        "palette": Jsonb([swatch.model_dump() for swatch in dropped.palette]),
    }
    with db.cursor(row_factory=dict_row) as rows:
        row = rows.execute(SQL["places_of_dropped"], fields).fetchone() or {}
    return Places(meaning=meaning, **row)


def _mood(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {key: evidence[key] for key in ("valence", "energy") if key in evidence}


@dataclass(frozen=True)
class Weighed:
    """Photos by how like they are, the likest first."""

    evidences: Evidences
    like: Doubles  # of every row, without the words
    order: Ints
    likenesses: Doubles

    def shown(self, way: Way, strictness: int) -> int:
        table = ALIKES.get(way, ALIKE)
        return cut(self.likenesses, np.ones(len(self.order)), strictness, table)

    def within(self, wide: "Weighed", shown: int) -> int:
        """How many of these are among the first so many of the others."""
        least = wide.likenesses[shown - 1] if shown else np.inf
        return int(np.count_nonzero(self.likenesses >= least))


@dataclass(frozen=True)
class Similar:
    """One question for photos like a photo."""

    asking: Asking
    owner: str
    way: Way
    places: Places
    but: UUID | None = None  # the photo itself

    def answer(self, db: Db, question: Question, asked: Understood) -> SearchAnswer:
        """For whoever reads it here; others take it as it is ``written``."""
        return SearchAnswer.model_validate_json(self.written(db, question, asked))

    def written(self, db: Db, question: Question, asked: Understood) -> bytes:
        """``asked`` are the words for what should differ; they filter and rank as ever."""
        ranking = Ranking(asked.part, asked.wants, asked.conditions, heard=False)
        share = LIKE_WITH_WORDS if asked.ranks else 1.0
        weighed = self._weighed(db, asked, ranking, share)
        evidences, order = weighed.evidences, weighed.order
        shown = weighed.shown(self.way, question.strictness)
        if asked.wider:
            # Where the list ends is said without what narrows it, as a facet has counted.
            wide = self._weighed(db, asked.wider, ranking_of(asked.wider), share)
            shown = weighed.within(wide, wide.shown(self.way, question.strictness))
        chosen = order if question.weaker else order[:shown]
        rows = chosen[: question.limit]
        some = zip(evidences.some(rows, asked.likeness()), weighed.like[rows].tolist(), strict=True)
        page = [self._told(one, like, ranking, share) for one, like in some]
        terms = self.asking.vocabulary.terms
        return written(
            {
                "query": question.q,
                "photos": hits(db, page, asked, terms),
                "facets": facets(evidences.counted(chosen), terms),
                "cursor": None,
                "total": len(chosen),
                "complete": len(evidences) < MOST,
                "weaker": len(order) - len(chosen),
                "strictness": question.strictness,
                "chips": [chip(meant).model_dump() for meant in asked.reading.chips],
                "did_you_mean": None,
                "meaning": not asked.missing and asked.model is not None,
            }
        )

    def _weighed(self, db: Db, asked: Understood, ranking: Ranking, share: float) -> "Weighed":
        found = self._found(db, asked)
        evidences = candidates.weigh(db, self.owner, asked, found)
        like = np.array([found[one] for one in evidences.photo_ids()], np.float64)
        words = ranking.weigh(evidences) if asked.ranks else np.zeros(len(evidences))
        points = np.rint(like * share * MILLION) + np.rint(words * (1 - share))
        order = evidences.in_order(-points)
        order = order[: int(np.count_nonzero(points > 0))]
        return Weighed(evidences, like, order, points[order] / MILLION)

    def _told(self, one: Evidence, like: float, ranking: Ranking, share: float) -> Ranked:
        """Being like the photo is a reason beside those of the words."""
        alike = Grounds(None, None, 1.0, like, round(like * share * MILLION) / MILLION, self.way)
        grounds = [alike]
        if share < 1:
            grounds += [g.times(1 - share) for g in ranking.grounds(one)]
        rounded = [g.of(round(g.points * MILLION) / MILLION) for g in grounds]
        rounded.sort(key=lambda g: -g.points)
        total = round(sum(g.points for g in rounded), 6)
        return Ranked(one.photo_id, total, tuple(g for g in rounded if g.points))

    def _found(self, db: Db, asked: Understood) -> dict[UUID, float]:
        """Photos and how like they are, 0..1."""
        place = self.places.of(self.way)
        if place is None:
            return {}
        if self.way == "meaning":
            return self._by_meaning(db, asked)
        fields = {
            "owner": self.owner,
            "place": place,
            "but": self.but,
            **candidates.filtering(asked.filter),
            "limit": MOST,
        }
        far = FARTHEST[self.way]
        rows = db.execute(SQL[QUERIES[self.way]], fields)
        return {photo_id: max(0.0, 1 - distance / far) for photo_id, distance in rows}

    def _by_meaning(self, db: Db, asked: Understood) -> dict[UUID, float]:
        place = self.places.meaning
        if place is None or asked.model is None:
            return {}
        if asked.vector is not None:
            place = unit(np.asarray(place + MOVE * asked.vector, np.float32))
        sizes = self.asking.sizes
        everything = sizes.passing(db, self.owner, None)
        passing = sizes.passing(db, self.owner, asked.filter)
        few = candidates.is_few(passing, everything, asked.filter)
        near = candidates.nearest(db, self.owner, asked, place, exact=few, everything=everything)
        likeness = ((one, ramp(cosine, MEANING_FROM, MEANING_FULL)) for one, cosine in near)
        return {one: like for one, like in likeness if one != self.but}
