"""Which photos are worth weighing: several arms, each behind the filter, chosen by its size."""

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import UUID

from services.search.database import Db
from services.search.language.known import Terms
from services.search.language.lexicon import COLOUR_NAMES
from services.search.language.plan import has_tag
from services.search.ranking import Evidence
from services.search.sql import SQL
from services.search.understanding import Understood
from services.search.vocabulary import vector_literal

#: Photos of one arm. More than a person looks through; a longer list only costs time.
MOST, MOST_OF_SMALL = 1000, 2000
NEAREST = 200
#: So few photos are all compared: exact, and faster than a filtered walk through the index.
FEW, FEW_PASSING = 5000, 20_000
#: Breadth of the walk through the index: at 100 a tenth of the nearest were missed (bench.search).
EF = 800
#: How far a filtered walk goes on when few of those that it meets pass.
TUPLES = 60_000
SAMPLE = 2000
#: Seconds for which sizes stay true enough.
FRESH = 10.0
#: The order of the vector in the column ``colours``.
COLOUR_ORDER = (
    "black", "grey", "white", "red", "orange", "yellow", "lime", "green", "teal", "cyan", "blue",
    "sky blue", "navy", "purple", "magenta", "pink", "brown", "beige", "gold", "olive",
)  # fmt: skip
assert set(COLOUR_ORDER) == COLOUR_NAMES


@dataclass
class Sizes:
    """How many photos there are and how many pass a filter, about; remembered for seconds."""

    known: dict[tuple[str, str | None], tuple[float, float]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def passing(self, db: Db, owner: str, path: str | None) -> float:
        now = time.monotonic()
        with self.lock:
            size, until = self.known.get((owner, path), (0.0, 0.0))
        if now < until:
            return size
        size = self._count(db, owner, path)
        with self.lock:
            if len(self.known) > 1000:
                self.known.clear()
            # A small gallery grows by many times its size while somebody looks on.
            fresh = FRESH if size > FEW else 0.0
            self.known[owner, path] = (size, now + fresh)
        return size

    def _count(self, db: Db, owner: str, path: str | None) -> float:
        if path is None:
            row = db.execute(SQL["gallery_size"]).fetchone()
            return float(row[0]) if row else 0.0
        everything = self.passing(db, owner, None)
        if everything <= FEW_PASSING:
            return everything
        fields = {"owner": owner, "filter": path, "percent": 100 * SAMPLE / everything}
        passed, seen = db.execute(SQL["sample_facts"], fields).fetchone() or (0, 1)
        return everything * float(passed) / max(1, seen)


def find(db: Db, owner: str, asked: Understood, sizes: Sizes, terms: Terms) -> set[UUID]:
    """The photos to weigh."""
    path = asked.filter
    everything = sizes.passing(db, owner, None)
    passing = sizes.passing(db, owner, path) if path else everything
    few = passing <= (FEW_PASSING if path else FEW)
    fields = {
        "owner": owner,
        "filter": path,
        "most": MOST_OF_SMALL if everything <= FEW_PASSING else MOST,
        **_arms(asked, terms, few and everything > FEW_PASSING),
    }
    fields |= {"limits": _limits(asked, fields["tag_ids"], fields["most"])}
    found = {photo_id for (photo_id,) in db.execute(SQL["find_candidates"], fields)}
    return found | nearest(db, owner, asked, exact=few)


def _arms(asked: Understood, terms: Terms, narrow: bool) -> dict[str, Any]:
    """``narrow``: few of many pass, so that a tag's photos are found through the filter."""
    tags = [number for number in asked.likeness() if number > 0]
    together = asked.together()
    if narrow and tags:
        together = f"{asked.filter} && {has_tag(tags)}" if asked.filter else has_tag(tags)
    return {
        "tag_ids": [] if narrow else tags,
        "colours": _colours(asked, terms),
        "words": [want.text for want in asked.wants if want.lexical],
        "together": together,
        "newest": not asked.ranks,
        "conditions": [condition.path for condition in asked.conditions],
    }


def _limits(asked: Understood, tags: list[int], most: int) -> list[int]:
    """The words themselves get most of the room, those that are only near a little."""
    like = asked.likeness()
    sure = sum(like[number] >= 0.8 for number in tags)
    room = max(100, most // max(1, sure))
    return [room if like[n] >= 0.8 else max(50, room // 10) for n in tags]


def _colours(asked: Understood, terms: Terms) -> list[str]:
    named = [n for n in asked.likeness() if n < 0 and terms.by_number[n].kind == "colour"]
    return [
        vector_literal([float(name == terms.by_number[n].text) for name in COLOUR_ORDER])
        for n in named
    ]


def nearest(db: Db, owner: str, asked: Understood, *, exact: bool) -> set[UUID]:
    if asked.vector is None or asked.model is None:
        return set()
    fields = {
        "owner": owner,
        "filter": asked.filter,
        "vector": vector_literal(asked.vector),
        "model_id": asked.model["model_id"],
        "most": NEAREST,
        "ef": max(EF, NEAREST),
        "tuples": TUPLES,
    }
    query = "near_photos_exactly" if exact else "near_photos"
    return {photo_id for (photo_id,) in db.execute(SQL[query], fields)}


def weigh(db: Db, owner: str, asked: Understood, photo_ids: set[UUID]) -> list[Evidence]:
    """What speaks for each."""
    fields = {
        "owner": owner,
        "photo_ids": list(photo_ids),
        "words": [want.text if want.lexical else "" for want in asked.wants],
        "conditions": [condition.path for condition in asked.conditions],
        "filter": asked.filter,
        "vector": None if asked.vector is None else vector_literal(asked.vector),
        "model_id": asked.model["model_id"] if asked.model else None,
    }
    wanted = asked.likeness()
    found = db.execute(SQL["weigh_evidence"], fields, binary=True).fetchall()
    return [Evidence.of(row, wanted) for row in found]
