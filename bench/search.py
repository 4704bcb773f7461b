"""`python -m bench search [--photos 100000]`: how fast search is, beside how well it finds.

A generator fills a database of its own (words of realistic skew, vectors that cluster), the real
search service and the real gateway answer from it, and clients ask them over HTTP. The bare SQL is
asked in the same run: ratios hold on any machine, absolute times are of this one, at this moment.
``--folder`` keeps the database, so that another run need not fill it again.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import psycopg
from pydantic import SecretStr

from bench.report import memory, show
from bench.searchable import DIMENSIONS, MODEL, Filled, fill, filled_before
from bench.searchrecall import Exact, Queries, near, nearest_rows, place_of, whole_search
from bench.searchrows import CAMERAS, OWNER
from bench.searchtimes import Browser, Call, Times, clock, serving
from services.common.blobs import Blobs
from services.embedded.database import Database
from services.embedded.home import Home
from services.search.accounts.walls import in_gallery
from services.search.database import Pool, open_pool, open_readers
from services.search.meaning import Meaning, Placed
from services.search.query import Asking
from services.search.settings import DatabaseSettings
from services.search.sql import SQL
from services.search.vocabulary import Vocabulary
from tests.neighbours import TEMPLATE, a_broker, a_store, make_template, store_settings
from tests.system.pipeline import Pipeline

CLIENTS = (1, 8, 32)
SECONDS = 4.0  # of each measurement
INDEXED_PER_SECOND = 20
SERVER = {"shared_buffers": "1GB", "fsync": "off", "max_connections": "100"}
NOTHING, BARE = "SELECT 1", "bare SQL: HNSW, ef 100, ten photos"
COLUMNS = ("clients", "p50 ms", "p99 ms", "per s", "CPU ms", "/ SELECT 1", "/ bare", "given up")


class Known:
    """An embedder that knows the words of the benchmark; it is never asked for others."""

    def __init__(self, filled: Filled) -> None:
        self._filled = filled

    def ask(self, texts: Sequence[str], /) -> Placed:
        rows = [place_of(self._filled, text) for text in texts]
        return Placed(
            model=MODEL, dimensions=DIMENSIONS, vectors=[tuple(map(float, r)) for r in rows]
        )

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Bench:
    """One filled gallery, and the ways to ask it."""

    queries: Queries
    pool: Pool
    writing: Pool
    asking: Asking
    browser: Browser
    alone: Browser  # a server that writes one answer

    @cached_property
    def photos(self) -> list[str]:
        with self.pool.connection() as db, in_gallery(db, OWNER):
            rows = db.execute("SELECT photo_id FROM photo_facts LIMIT 200").fetchall()
        return [str(photo_id) for (photo_id,) in rows]

    def nothing(self, _: int) -> None:
        with self.pool.connection() as db:
            db.execute("SELECT 1")

    def bare(self, number: int) -> None:
        with self.pool.connection() as db, in_gallery(db, OWNER):
            near(db, self.queries.vector(number), None, 100)

    def search(self, number: int) -> None:
        self.browser.get(f"/api/search?q={quote(self.queries.text(number))}")

    def filtered(self, camera: str) -> Call:
        condition = quote(f' camera:"{camera}"')
        return lambda n: self.browser.get(f"/api/search?q={quote(self.queries.text(n))}{condition}")

    def facets(self, number: int) -> None:
        """Counts over all matches; of the photos only the first."""
        self.browser.get(f"/api/search?limit=1&q={quote(self.queries.text(number))}")

    def completion(self, number: int) -> None:
        self.browser.get(f"/api/tags?prefix={self.queries.text(number)[: 1 + number % 4]}")

    def similar(self, number: int) -> None:
        self.browser.get(f"/api/photos/{self.photos[number % len(self.photos)]}/similar")

    def listing(self, _: int) -> None:
        self.browser.get("/api/photos?limit=50")

    def bytes_alone(self, _: int) -> None:
        self.alone.get("/")


def warmed(filled: Filled, url: str, writing: Pool) -> Asking:
    """All that is asked was asked before: its vectors are in the database."""
    asking = Asking(Vocabulary(), Meaning(Known(filled)))
    with psycopg.connect(url, autocommit=True) as db:
        for text in dict.fromkeys(Queries.of(filled).texts):
            asked = asking.understand(db, text)
            if asked.missing and asked.model:
                asking.meaning.learn(writing, asked.model["model_id"], MODEL, asked.missing)
    return asking


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
                fields = {"photo_id": ids[number % len(ids)]}
                for table in ("photo_vector", "photo_tag"):
                    db.execute(
                        f"UPDATE {table} SET owner = owner WHERE photo_id = %(photo_id)s".encode(),
                        fields,
                    )
                db.execute(SQL["touch_photo"], fields)

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def times(bench: Bench, seconds: float, exact: Exact) -> None:
    rows: list[list[str]] = []
    known: dict[str, Times] = {}

    def measure(name: str, call: Call, *clients: int) -> Times:
        for number in clients:
            taken = clock(call, number, seconds)
            first = known.setdefault(name, taken)
            rows.append([name, str(number), *taken.cells(known[NOTHING], known.get(BARE))])
            print(*rows[-1], sep="  ", flush=True)  # what is measured is seen even if it is cut off
        return first

    measure(NOTHING, bench.nothing, *CLIENTS)
    measure(BARE, bench.bare, *CLIENTS)
    measure("GET /api/search", bench.search, *CLIENTS)
    for camera, share in CAMERAS.items():
        measure(f"the same, {share:.1%} pass", bench.filtered(camera), 1, 8)
    measure("facets (limit=1)", bench.facets, *CLIENTS)
    measure("GET /api/tags (completion)", bench.completion, *CLIENTS)
    measure("similar in meaning", bench.similar, *CLIENTS)
    measure("GET /api/photos, 50", bench.listing, *CLIENTS)
    measure("fifty photos by FastAPI and orjson alone", bench.bytes_alone, *CLIENTS)
    idle = measure("search, nothing comes in", bench.search, 8)
    with indexing(bench.writing, INDEXED_PER_SECOND):
        busy = measure(f"search, {INDEXED_PER_SECOND} photos/s come in", bench.search, 8)
    rows.append(
        ["exact scan in memory, numpy", "1", f"{exact.milliseconds(bench.queries):.2f}", *[""] * 6]
    )
    show("over HTTP, through the gateway", ("", *COLUMNS), rows)
    print(f"p99 while {INDEXED_PER_SECOND} photos/s come in: {busy.p99 / idle.p99:.2f} x idle")


def sizes(url: str, filled: Filled) -> None:
    if filled.seconds:
        print("seconds to build: " + ", ".join(f"{n} {s:.1f}" for n, s in filled.seconds.items()))
    with psycopg.connect(url) as db:
        rows = db.execute(
            "SELECT relname, pg_total_relation_size(oid), pg_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relname LIKE 'photo%' ORDER BY 2 DESC"
        ).fetchall()
    total = sum(size for _, size, _ in rows)
    each = [
        [name, f"{size / filled.photos:.0f}", f"{table / filled.photos:.0f}"]
        for name, size, table in rows[:4]
    ]
    show(
        "bytes a photo", ("", "with indexes", "rows"), [*each, ["all", total // filled.photos, ""]]
    )


@contextmanager
def gallery(folder: Path, photos: int, kept: bool) -> Iterator[tuple[str, Filled]]:
    """A database with so many photos; one that was kept is taken as it is."""
    made = kept and (folder / "database").exists()
    with Database(Home(folder), settings=SERVER) as node:
        url = node.address(TEMPLATE, node.role)
        if made:
            yield url, filled_before(url)
        else:
            make_template(node)
            yield url, fill(url, photos)


@contextmanager
def bench_of(folder: Path, url: str, filled: Filled) -> Iterator[Bench]:
    settings = DatabaseSettings(url=SecretStr(url), connections=max(CLIENTS))
    with ExitStack() as stack:
        pool = stack.enter_context(open_readers(settings))
        writing = stack.enter_context(open_pool(settings))
        asking = warmed(filled, url, writing)
        broker = stack.enter_context(a_broker(folder / "broker"))
        store = store_settings(stack.enter_context(a_store(folder / "store")))
        Blobs(store).make_bucket()
        product = stack.enter_context(
            Pipeline(
                folder / "services", broker_url=broker.url, database_url=url, store=store,
                environment={"IMGCAP_LOG_LEVEL": "WARNING"}, names=("search", "gateway"),
            )
        )  # fmt: skip
        print(f"search holds {memory(product.pid('search'))} MiB before it is asked")
        browser = Browser(product.gateway)
        page = browser.get("/api/photos?limit=50")
        alone = Browser(stack.enter_context(serving(page)))
        yield Bench(Queries.of(filled), pool, writing, asking, browser, alone)
        print(f"search holds {memory(product.pid('search'))} MiB afterwards")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--folder", type=Path, help="keep the database here")
    wanted, _ = parser.parse_known_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imgcap-bench-")))
        kept = wanted.folder or scratch / "kept"
        url, filled = stack.enter_context(gallery(kept, wanted.photos, wanted.folder is not None))
        print(f"{filled.photos} photos x 15 tags, {len(filled.words)} words, {DIMENSIONS} numbers")
        sizes(url, filled)
        bench = stack.enter_context(bench_of(scratch, url, filled))
        with psycopg.connect(url) as db:
            exact = Exact.of(db)
        times(bench, wanted.seconds, exact)
        recall = nearest_rows(url, bench.queries, bench.asking, exact)
        if (whole := whole_search(url, bench.queries, bench.asking)) is not None:
            recall.append(whole)
        show("recall@10", ("", "recall", "ms"), recall)


if __name__ == "__main__":
    main()
