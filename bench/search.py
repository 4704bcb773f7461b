"""`python -m bench.search [--photos 100000]`: how fast search is, beside how well it finds.

A generator fills a database of its own (words of realistic skew, vectors that cluster); everything
runs in this process over real connections, so the figures are the service's without HTTP. Ratios
hold on any machine; absolute times are of this one, at this moment.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import numpy as np
import psycopg
from pydantic import SecretStr

from bench.searchable import DIMENSIONS, MODEL, Filled, fill, unit
from bench.searchrows import CAMERAS, OWNER, Floats
from services.embedded.database import Database
from services.embedded.home import Home
from services.search import candidates
from services.search.completion import complete
from services.search.database import Pool, open_pool, open_readers
from services.search.meaning import Meaning, Placed
from services.search.query import Asking, Question
from services.search.settings import DatabaseSettings
from services.search.similar import Similar, places_of_photo
from services.search.sql import SQL
from services.search.vocabulary import Vocabulary, vector_literal
from tests.neighbours import copy_of_template, make_template

CLIENTS = (1, 8, 32)
SECONDS = 4.0  # of each measurement
TOP = 10
QUERIES = 200
INDEXED_PER_SECOND = 20
SERVER = {"shared_buffers": "1GB", "fsync": "off", "max_connections": "100"}


class Known:
    """An embedder that knows the words of the benchmark; it is never asked for others."""

    def __init__(self, filled: Filled) -> None:
        self._vectors = dict(zip(filled.words, filled.vectors, strict=True))

    def ask(self, texts: Sequence[str], /) -> Placed:
        rows = [
            unit(np.sum([self._vectors[w] for w in text.split()], axis=0, keepdims=True))[0]
            for text in texts
        ]
        return Placed(
            model=MODEL, dimensions=DIMENSIONS, vectors=[tuple(map(float, r)) for r in rows]
        )

    def close(self) -> None:
        pass


class Bench:
    """One filled gallery, and the ways to ask it."""

    def __init__(self, filled: Filled, pool: Pool, writing: Pool) -> None:
        self.filled, self.pool, self.writing = filled, pool, writing
        self.asking = Asking(Vocabulary(), Meaning(Known(filled)))
        luck = np.random.default_rng(2)
        # People ask for common words more often, and for two at a time as often as for one.
        ranks = np.minimum(luck.zipf(1.2, (QUERIES, 2)), 5000)
        places = ranks * 7919 % len(filled.words)
        pairs = [[filled.words[int(place)] for place in pair] for pair in places]
        self.queries = [" ".join(pair[: 1 + n % 2]) for n, pair in enumerate(pairs)]
        with pool.connection() as db:
            rows = db.execute("SELECT photo_id FROM photo_facts LIMIT 200").fetchall()
            self.photos: list[UUID] = [photo_id for (photo_id,) in rows]
            self.warm(db)

    def warm(self, db: psycopg.Connection) -> None:
        self.asking.vocabulary.look(db)
        for q in self.queries:
            asked = self.asking.understand(db, q)
            if asked.missing and asked.model:
                self.asking.meaning.learn(
                    self.writing, asked.model["model_id"], MODEL, asked.missing
                )

    # --- what is measured

    def search(self, number: int) -> None:
        q = self.queries[number % QUERIES]
        with self.pool.connection() as db:
            asked = self.asking.understand(db, q)
            self.asking.written(db, Question(OWNER, q), asked)

    def filtered(self, number: int) -> None:
        q = f"{self.queries[number % QUERIES]} camera:leica"
        with self.pool.connection() as db:
            asked = self.asking.understand(db, q)
            self.asking.written(db, Question(OWNER, q), asked)

    def completion(self, number: int) -> None:
        prefix = self.queries[number % QUERIES][: 1 + number % 4]
        with self.pool.connection() as db:
            complete(db, OWNER, self.asking, prefix=prefix, kind=None, limit=20)

    def similar(self, number: int) -> None:
        of = self.photos[number % len(self.photos)]
        with self.pool.connection() as db:
            asked = self.asking.understand(db, "")
            places = places_of_photo(db, OWNER, of, 1)
            like = Similar(self.asking, OWNER, "meaning", places, of)
            like.written(db, Question(OWNER, ""), asked)

    def nothing(self, _: int) -> None:
        with self.pool.connection() as db:
            db.execute("SELECT 1")

    def bare(self, number: int) -> None:
        with self.pool.connection() as db:
            self.near(db, self.vector(number), None, 100)

    # --- recall

    def vector(self, number: int) -> Floats:
        words = self.queries[number % QUERIES].split()
        rows = [self.filled.vectors[self.filled.words.index(word)] for word in words]
        place: Floats = unit(np.sum(rows, axis=0, keepdims=True))[0]
        return place

    def near(self, db: psycopg.Connection, vector: Floats, path: str | None, ef: int) -> list[UUID]:
        fields = {
            "vector": vector_literal(vector), "model_id": 1, "owner": OWNER, "filter": path,
            "most": TOP, "ef": ef, "tuples": candidates.TUPLES,
        }  # fmt: skip
        return [photo_id for photo_id, _ in db.execute(SQL["near_photos"], fields)]

    def routed(self, db: psycopg.Connection, vector: Floats, path: str | None) -> list[UUID]:
        """As search does it: few that pass are all compared, more are walked to by the index."""
        passing = self.asking.sizes.passing(db, OWNER, path)
        if passing <= (candidates.FEW_PASSING if path else candidates.FEW):
            return self.exactly(db, vector, path)
        ef = candidates.FILTERED_EF if path else candidates.SHALLOW.ef
        return self.near(db, vector, path, ef)

    def exactly(self, db: psycopg.Connection, vector: Floats, path: str | None) -> list[UUID]:
        fields = {
            "vector": vector_literal(vector), "model_id": 1, "owner": OWNER, "filter": path,
            "most": TOP,
        }  # fmt: skip
        return [photo_id for photo_id, _ in db.execute(SQL["near_photos_exactly"], fields)]

    def recall(self, path: str | None, queries: int = 30) -> tuple[float, float]:
        """Recall@10 against comparing all, and the milliseconds of the routed way."""
        found, there, spent = 0, 0, 0.0
        with self.pool.connection() as db:
            for number in range(queries):
                vector = self.vector(number)
                started = time.perf_counter()
                ours = self.routed(db, vector, path)
                spent += time.perf_counter() - started
                best = self.exactly(db, vector, path)
                found, there = found + len(set(ours) & set(best)), there + len(best)
        return found / max(1, there), 1000 * spent / queries


def clock(work: Callable[[int], None], clients: int, seconds: float) -> tuple[float, float, float]:
    """p50 and p99 in milliseconds, and calls a second."""
    stop = time.perf_counter() + seconds

    def client(number: int) -> list[float]:
        times = []
        while (started := time.perf_counter()) < stop:
            work(number)
            times.append(time.perf_counter() - started)
            number += clients
        return times

    work(0)
    with ThreadPoolExecutor(clients) as pool:
        every = sorted(t for times in pool.map(client, range(clients)) for t in times)
    return 1000 * every[len(every) // 2], 1000 * every[int(len(every) * 0.99)], len(every) / seconds


@contextmanager
def indexing(pool: Pool, per_second: int) -> Iterator[None]:
    """Photos change meanwhile, each with all that a result changes."""
    stop = Event()

    def work() -> None:
        with pool.connection() as db:
            ids = [one for (one,) in db.execute("SELECT photo_id FROM photo LIMIT 5000")]
        for number in range(10**9):
            if stop.wait(1 / per_second):
                return
            with pool.connection() as db:
                db.execute(
                    "UPDATE photo_vector SET embedding = embedding WHERE photo_id = %(id)s",
                    {"id": ids[number % len(ids)]},
                )
                db.execute(SQL["touch_photo"], {"photo_id": ids[number % len(ids)]})

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def report(bench: Bench, seconds: float) -> None:
    print(f"\n{'':<26}{'clients':>8}{'p50 ms':>9}{'p99 ms':>9}{'per s':>9}{'p50 / SELECT 1':>16}")
    base = clock(bench.nothing, 1, 1.0)[0]
    ways = {
        "SELECT 1": bench.nothing, "bare HNSW, ef 100, ten": bench.bare, "search": bench.search,
        "search, 0.1 % pass": bench.filtered, "completion": bench.completion,
        "similar": bench.similar,
    }  # fmt: skip
    for name, work in ways.items():
        for clients in CLIENTS:
            p50, p99, rate = clock(work, clients, seconds)
            print(f"{name:<26}{clients:>8}{p50:>9.2f}{p99:>9.2f}{rate:>9.0f}{p50 / base:>16.1f}")
    with indexing(bench.writing, INDEXED_PER_SECOND):
        for clients in (1, 8):
            p50, p99, rate = clock(bench.search, clients, seconds)
            name = f"search, {INDEXED_PER_SECOND} photos/s come in"
            print(f"{name:<26}{clients:>5}{p50:>9.2f}{p99:>9.2f}{rate:>9.0f}{p50 / base:>16.1f}")
    scan = exact_scan(bench)
    print(f"{'exact scan in memory':<26}{1:>8}{scan:>9.2f}")


def exact_scan(bench: Bench) -> float:
    """The same nearest ten by comparing all in numpy, in milliseconds."""
    luck = np.random.default_rng(3)
    rows = unit(luck.normal(size=(bench.filled.photos, DIMENSIONS)).astype(np.float32))
    times = []
    for number in range(15):
        started = time.perf_counter()
        np.argpartition(-(rows @ bench.vector(number)), TOP)
        times.append(time.perf_counter() - started)
    return 1000 * sorted(times)[len(times) // 2]


def recalls(bench: Bench) -> None:
    print(f"\n{'recall@10 of meaning':<34}{'recall':>8}{'ms':>8}")
    recall, spent = bench.recall(None)
    print(f"{'no filter':<34}{recall:>8.3f}{spent:>8.2f}")
    for camera, share in CAMERAS.items():
        path = f'$.cam == "{camera}"'
        recall, spent = bench.recall(path)
        print(f"{f'filter that {share:.1%} pass':<34}{recall:>8.3f}{spent:>8.2f}")


def sizes(url: str, filled: Filled) -> None:
    print("\nseconds to build: " + ", ".join(f"{n} {s:.1f}" for n, s in filled.seconds.items()))
    with psycopg.connect(url) as db:
        rows = db.execute(
            "SELECT relname, pg_total_relation_size(oid), pg_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relname LIKE 'photo%' ORDER BY 2 DESC"
        ).fetchall()
    total = sum(size for _, size, _ in rows)
    print(f"bytes a photo, indexes included: {total / filled.photos:.0f}")
    for name, size, table in rows[:5]:
        print(f"  {name:<20}{size / filled.photos:>8.0f} (rows {table / filled.photos:.0f})")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    wanted, _ = parser.parse_known_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        node = stack.enter_context(Database(Home(Path(folder)), settings=SERVER))
        make_template(node)
        url = stack.enter_context(copy_of_template(node))
        filled = fill(url, wanted.photos)
        print(f"{wanted.photos} photos x 15 tags, {len(filled.words)} words", flush=True)
        sizes(url, filled)
        settings = DatabaseSettings(url=SecretStr(url), connections=32)
        pool = stack.enter_context(open_readers(settings))
        bench = Bench(filled, pool, stack.enter_context(open_pool(settings)))
        recalls(bench)
        report(bench, wanted.seconds)


if __name__ == "__main__":
    main()
