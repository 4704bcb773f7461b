"""Photos like a photo: in meaning, geometry, mood or colour; with words for what should differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from services.common.api import SearchAnswer, Why
from services.common.description import describe
from services.common.finding import Dropped, Way
from services.search import candidates
from services.search.database import Db
from services.search.query import Asking, Question, chip, facets
from services.search.ranking import Explained, Ranked, Ranking
from services.search.record import NoSuchPhoto
from services.search.sql import SQL
from services.search.understanding import Understood
from services.search.vocabulary import Floats, numbers_of, unit, vector_literal
from services.search.weights import ramp

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
FAR: Mapping[Way, float] = {"composition": 1.4, "mood": 1.0, "colour": 0.6}
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
        "palette": Jsonb([swatch.model_dump() for swatch in dropped.palette]),
    }
    with db.cursor(row_factory=dict_row) as rows:
        row = rows.execute(SQL["places_of_dropped"], fields).fetchone() or {}
    return Places(meaning=meaning, **row)


def _mood(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {key: evidence[key] for key in ("valence", "energy") if key in evidence}


@dataclass(frozen=True)
class Similar:
    """One question for photos like a photo."""

    asking: Asking
    owner: str
    way: Way
    places: Places
    but: UUID | None = None  # the photo itself

    def answer(self, db: Db, question: Question, asked: Understood) -> SearchAnswer:
        """``asked`` are the words for what should differ; they filter and rank as ever."""
        found = self._found(db, asked)
        ranked = self._with_words(db, asked, found)
        page = ranked[: question.limit]
        hits = self.asking.hits(db, page, asked)
        likeness = {str(photo_id): like for photo_id, like in found.items()}
        for hit in hits:
            points = max(0.0, round(hit.likeness - sum(why.points for why in hit.why), 6))
            if points:
                hit.why.append(self._why(likeness[hit.id], points, hit.likeness))
            hit.why.sort(key=lambda why: -why.points)
        return SearchAnswer(
            query=question.q,
            photos=hits,
            facets=facets(db, [one.photo_id for one in ranked], self.asking.vocabulary.terms),
            total=len(ranked),
            complete=len(found) < MOST,
            strictness=question.strictness,
            chips=[chip(meant) for meant in asked.reading.chips],
            meaning=not asked.missing and asked.model is not None,
        )

    def _why(self, likeness: float, points: float, whole: float) -> Why:
        return Why(
            tag=f"like the photo in {self.way}",
            kind="similar",
            source=self.way,
            confidence=1.0,
            likeness=min(1.0, likeness),
            share=min(1.0, points / whole),
            points=points,
        )

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
            "filter": asked.filter,
            "limit": MOST,
        }
        far = FAR[self.way]
        rows = db.execute(SQL[QUERIES[self.way]], fields)
        return {photo_id: max(0.0, 1 - distance / far) for photo_id, distance in rows}

    def _by_meaning(self, db: Db, asked: Understood) -> dict[UUID, float]:
        place = self.places.meaning
        if place is None or asked.model is None:
            return {}
        if asked.vector is not None:
            place = unit(np.asarray(place + MOVE * asked.vector, np.float32))
        moved = replace(asked, vector=place, wants=(), conditions=())
        everything = self.asking.sizes.passing(db, self.owner, asked.filter)
        few = everything <= candidates.FEW_PASSING
        near = candidates.nearest(db, self.owner, moved, exact=few) - {self.but}
        weighed = candidates.weigh(db, self.owner, moved, {one for one in near if one})
        return {
            one.photo_id: ramp(one.likeness or 0.0, MEANING_FROM, MEANING_FULL) for one in weighed
        }

    def _with_words(
        self, db: Db, asked: Understood, found: Mapping[UUID, float]
    ) -> Sequence[Ranked]:
        weighed = candidates.weigh(db, self.owner, asked, set(found))
        words = Ranking(asked.part, asked.wants, asked.conditions, heard=False)
        ranked = []
        for one in weighed:
            like = found[one.photo_id]
            said = words.grounds(one) if asked.ranks else None
            share = 1.0 if said is None else LIKE_WITH_WORDS
            grounds = tuple(g.times(1 - share) for g in said or ())
            grounds = tuple(replace(g, points=round(g.points, 6)) for g in grounds)
            total = round(like * share, 6) + sum(g.points for g in grounds)
            ranked.append(Explained(one, round(min(1.0, total), 6), words, grounds))
        telling = [one for one in ranked if one.likeness > 0]
        return sorted(telling, key=lambda one: (-one.likeness, str(one.photo_id)))
