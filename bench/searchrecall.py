"""How much of what should be found is found: against comparing all, and against weighing all."""

import time
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray

from bench.report import percentile
from bench.searchable import DIMENSIONS, Filled, unit
from bench.searchrows import CAMERAS, OWNER, Floats
from services.search import candidates
from services.search.database import Db
from services.search.language.plan import Filter
from services.search.query import NOISE, Asking, Question, ranking_of
from services.search.sql import SQL
from services.search.vocabulary import numbers_of, vector_literal

TOP, QUERIES = 10, 200
#: Queries whose every photo is weighed; so many photos at the most.
WEIGHED, MOST_WEIGHED = 8, 200_000


@dataclass(frozen=True)
class Queries:
    """What people ask: common words more often, two at a time as often as one."""

    filled: Filled
    texts: list[str]

    @classmethod
    def of(cls, filled: Filled) -> "Queries":
        luck = np.random.default_rng(2)
        ranks = np.minimum(luck.zipf(1.2, (QUERIES, 2)), 5000)
        places = ranks * 7919 % len(filled.words)
        pairs = [[filled.words[int(place)] for place in pair] for pair in places]
        return cls(filled, [" ".join(pair[: 1 + n % 2]) for n, pair in enumerate(pairs)])

    def text(self, number: int) -> str:
        return self.texts[number % len(self.texts)]

    def vector(self, number: int) -> Floats:
        return place_of(self.filled, self.text(number))


def place_of(filled: Filled, text: str) -> Floats:
    rows = [filled.vectors[filled.words.index(word)] for word in text.split()]
    place: Floats = unit(np.sum(rows, axis=0, keepdims=True))[0]
    return place


def near(db: Db, vector: Floats, through: Filter | None, ef: int) -> list[UUID]:
    fields = {
        "vector": vector_literal(vector), "model_id": 1, "owner": OWNER, "most": TOP, "ef": ef,
        "tuples": candidates.TUPLES, **candidates.filtering(through),
    }  # fmt: skip
    return [photo_id for photo_id, _ in db.execute(SQL["near_photos"], fields)]


def exactly(db: Db, vector: Floats, through: Filter | None) -> list[UUID]:
    fields = {
        "vector": vector_literal(vector), "model_id": 1, "owner": OWNER, "most": TOP,
        **candidates.filtering(through),
    }  # fmt: skip
    return [photo_id for photo_id, _ in db.execute(SQL["near_photos_exactly"], fields)]


def routed(db: Db, asking: Asking, vector: Floats, through: Filter | None) -> list[UUID]:
    """As search does it: few that pass are all compared, more are walked to by the index."""
    everything = asking.sizes.passing(db, OWNER, None)
    if candidates.is_few(asking.sizes.passing(db, OWNER, through), everything, through):
        return exactly(db, vector, through)
    ef = candidates.FILTERED.ef if through else candidates.SHALLOW.ef
    return near(db, vector, through, candidates.broadly(ef, everything))


@dataclass(frozen=True)
class Exact:
    """All photos in memory: what an index should find, and what comparing all of them takes."""

    ids: list[UUID]
    cameras: NDArray[np.str_]
    vectors: Floats

    @classmethod
    def of(cls, db: Db) -> "Exact":
        rows = db.execute(
            "SELECT v.photo_id, f.facts ->> 'cam', halfvec_send(v.embedding)"
            " FROM photo_vector v JOIN photo_facts f USING (photo_id)",
            binary=True,
        ).fetchall()
        vectors = np.empty((len(rows), DIMENSIONS), np.float32)
        for n, (_, _, sent) in enumerate(rows):
            vectors[n] = numbers_of(sent)
        return cls([row[0] for row in rows], np.array([row[1] for row in rows]), vectors)

    def nearest(self, vector: Floats, camera: str | None) -> set[UUID]:
        likeness = self.vectors @ vector
        if camera is not None:
            likeness[self.cameras != camera] = -2
        return {self.ids[n] for n in np.argpartition(-likeness, TOP)[:TOP].tolist()}

    def milliseconds(self, queries: Queries) -> float:
        took = []
        for number in range(15):
            vector = queries.vector(number)
            started = time.perf_counter()
            self.nearest(vector, None)
            took.append(time.perf_counter() - started)
        return 1000 * sorted(took)[len(took) // 2]


def nearest_rows(
    url: str, queries: Queries, asking: Asking, exact: Exact, some: int = 30
) -> list[list[str]]:
    """Rows of a table: recall@10 of the vector arm, of texts and of photos, behind each filter."""

    def row(name: str, places: list[Floats], camera: str | None = None) -> list[str]:
        through = Filter(f'$.cam == "{camera}"', None) if camera else None
        found, took = 0, []
        for vector in places:
            started = time.perf_counter()
            with db.transaction():
                ours = routed(db, asking, vector, through)
            took.append(time.perf_counter() - started)
            found += len(set(ours) & exact.nearest(vector, camera))
        return [name, f"{found / TOP / len(places):.3f}", f"{1000 * percentile(took, 0.5):.2f}"]

    with psycopg.connect(url, autocommit=True, options="-c jit=off") as db:
        texts = [queries.vector(n) for n in range(some)]
        return [
            row("no filter, texts", texts),
            row("no filter, photos", _near_photos(exact, some)),
            *(row(f"{share:.1%} pass", texts, camera) for camera, share in CAMERAS.items()),
        ]


def _near_photos(exact: Exact, some: int) -> list[Floats]:
    """Near photos that are there, as the place of a dropped one would be."""
    luck = np.random.default_rng(4)
    rows = exact.vectors[:some]
    places: Floats = unit(rows + unit(luck.normal(size=rows.shape).astype(np.float32)) * 0.3)
    return list(places)


def whole_search(url: str, queries: Queries, asking: Asking) -> list[str] | None:
    """A row: how many of the ten best of all photos weighed are as good as those of a page.

    Photos with the same likeness are as good as each other. What is too weak to be a match is none
    of the ten best, and nothing is cut: a short page for lack of good ones has lost nothing.
    """
    found = there = 0
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET statement_timeout = 0")
        ids = [photo_id for (photo_id,) in db.execute("SELECT photo_id FROM photo_facts")]
        if len(ids) > MOST_WEIGHED:
            return None
        for number in range(WEIGHED):
            text = queries.text(number)
            with db.transaction():
                asked = asking.understand(db, text)
                question = Question(OWNER, text, limit=TOP, strictness=0)
                page = asking.answer(db, question, asked).photos
                evidences = candidates.weigh(db, OWNER, asked, ids)
            points = ranking_of(asked).weigh(evidences)
            best = np.sort(points)[-TOP:] / 1e6
            best = best[best >= NOISE]
            found += sum(one.likeness >= best[0] - 1e-6 for one in page) if len(best) else 0
            there += len(best)
    return ["the whole search, against weighing all", f"{found / there:.3f}", ""]
