"""Photos through the whole pipeline: how many a second, how soon searchable, at what memory."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import httpx
import psycopg

from bench.budget import CORES, Budget, show_budget
from bench.instant import instant_provider
from bench.report import memory, p50_p99, show
from bench.stack import neighbours, product
from bench.upload import jpeg, rate
from services.common.description import describe
from services.embedded.ports import Ports
from services.embedder.memory import Memory
from services.embedder.providers.local import LocalEmbedder
from services.tagger.providers.local import LocalTagger
from tests.system.pipeline import ORDER, ROOT, Pipeline

BACKLOG = 600
SINGLES = 60
LOCAL = 60
WITHIN = 300.0
#: Of a backlog, until whoever was started for it is warm: what begins is not what goes on.
WARM = 0.2
READY = "SELECT count(*) FROM photo WHERE status = 'ready'"


def wait_ready(database: str, number: float) -> int:
    """How many there are, as soon as there are so many. The gateway would count too, and cost."""
    deadline = time.monotonic() + WITHIN
    with psycopg.connect(database, autocommit=True) as db:
        while (found := db.execute(READY).fetchone() or (0,))[0] < number:
            assert time.monotonic() < deadline, f"only {found[0]} of {number} are ready"
            time.sleep(0.1)
    return int(found[0])


def backlog(
    pipeline: Pipeline, database: str, bodies: list[bytes], budget: Callable[[], Budget]
) -> tuple[float, dict[str, float]]:
    """Photos per second of the workers alone, and what each costs: everything is uploaded first."""
    before = wait_ready(database, 0)
    for name in ("tagger", "embedder"):
        pipeline.kill(name, 15)
        pipeline.wait_dead(name)
    rate(f"{pipeline.gateway}/api/photos?filename=bench.jpg", bodies)
    for name in ("embedder", "tagger"):
        pipeline.spawn(name)
    pipeline.wait_ready("embedder", "tagger")
    warm = wait_ready(database, before + WARM * len(bodies))
    counting, began = budget(), time.perf_counter()
    done = wait_ready(database, before + len(bodies)) - warm
    return done / (time.perf_counter() - began), counting.spent(done)


def one_by_one(client: httpx.Client, bodies: list[bytes]) -> list[float]:
    """Seconds from the upload's first byte to searchable, by the page's own event stream."""
    took = []
    with listening(client) as events:
        for body in bodies:
            began = time.perf_counter()
            answer = client.post(
                "/api/photos?filename=one.jpg", content=body, headers={"Content-Type": "image/jpeg"}
            )
            of = answer.json()["photos"][0]["id"]
            for line in events:
                if of in line and '"ready"' in line:
                    break
            took.append(time.perf_counter() - began)
            time.sleep(0.1)
    return took


@contextmanager
def listening(client: httpx.Client) -> Iterator[Iterator[str]]:
    with client.stream("GET", "/api/events", timeout=60) as stream:
        yield stream.iter_lines()


def displays(gateway: str) -> list[bytes]:
    """What the tagger is given to look at, of every photo."""
    with httpx.Client(base_url=gateway, timeout=60) as client:
        listed = client.get("/api/photos", params={"limit": LOCAL}).json()["photos"]
        return [client.get(f"/api/photos/{photo['id']}/display").content for photo in listed]


def models_alone(photos: list[bytes]) -> float:
    """CPU milliseconds that the models take for a photo if nothing else is there."""
    tagger = LocalTagger(ROOT / "data" / "models")
    embedder = LocalEmbedder(ROOT / "data" / "models")
    memory = Memory(embedder, 10_000)
    words = [tag.text for tag in tagger.look(photos[0]).tags]
    memory.vectors(words)
    began = time.process_time()
    for photo in photos:
        seen = tagger.look(photo)
        memory.vectors([describe(seen.caption, seen.tags), *(tag.text for tag in seen.tags)])
    return (time.process_time() - began) * 1000 / len(photos)


def instant(rows: list[Any], budgets: dict[str, dict[str, float]]) -> list[Any]:
    """With a provider that costs nothing: what the pipeline itself costs."""
    with ExitStack() as stack:
        around = stack.enter_context(neighbours())
        ports = Ports(around.folder / "instant.json")
        environment, provider = stack.enter_context(instant_provider(ports))
        began = time.perf_counter()
        pipeline = stack.enter_context(product(around, environment))
        started = time.perf_counter() - began
        client = stack.enter_context(httpx.Client(base_url=pipeline.gateway, timeout=60))
        at_rest = {name: memory(pipeline.pid(name)) for name in ORDER}
        took = one_by_one(client, [jpeg(5_000 + n, 480, 320) for n in range(SINGLES)])
        bodies = [jpeg(9_000 + n, 48, 48) for n in range(BACKLOG)]
        budget = partial(Budget.of, pipeline, around, provider=provider)
        speed, budgets["instant provider"] = backlog(pipeline, around.database.url, bodies, budget)
        under_load = {name: memory(pipeline.pid(name)) for name in ORDER}
    rows.append(("photos/s, instant provider", f"{speed:.0f}", ">= 250"))
    rows.append(("uploaded to searchable, idle, p50 / p99", p50_p99(took), "60 / 250 ms"))
    rows.append(("four services ready after", f"{started:.1f} s", ""))
    return [
        (name, at_rest[name], under_load[name], limit)
        for name, limit in zip(ORDER, (90, 250, 250, 90), strict=True)
    ]


def local(rows: list[Any], remembered: list[Any], budgets: dict[str, dict[str, float]]) -> None:
    """With the built-in eyes, on the sample photos' own pixels."""
    photos = [path.read_bytes() for path in sorted((ROOT / "samples").glob("*.jpg"))]
    bodies = [photo + bytes([n]) for n in range(2) for photo in photos][:LOCAL]
    with neighbours() as around, product(around, {}) as pipeline:
        at_rest = {name: memory(pipeline.pid(name)) for name in ORDER}
        budget = partial(Budget.of, pipeline, around)
        speed, spent = backlog(pipeline, around.database.url, bodies, budget)
        under_load = {name: memory(pipeline.pid(name)) for name in ORDER}
        alone = models_alone(displays(pipeline.gateway))
    budgets["built-in eyes"], budgets["their models alone"] = spent, {"tagger": alone}
    rows.append(("photos/s, built-in eyes", f"{speed:.1f}", ""))
    most = CORES * 1000 / alone
    rows.append(("  of what two cores of models alone do", f"{speed / most:.0%}", ">= 85 %"))
    rows.append(("  their share of all CPU", f"{alone / sum(spent.values()):.0%}", ">= 85 %"))
    for name in ("tagger", "embedder"):
        remembered.append((f"{name}, built-in models", at_rest[name], under_load[name], 250))


def main() -> None:
    rows: list[Any] = []
    budgets: dict[str, dict[str, float]] = {}
    remembered = instant(rows, budgets)
    local(rows, remembered, budgets)
    show("Photos through the pipeline", ("what", "measured", "target"), rows)
    show_budget("Where the cores go: uploaded photos through the workers", budgets)
    columns = ("service", "at rest MiB", "under load MiB", "target at rest")
    show("Memory (proportional set size)", columns, remembered)


if __name__ == "__main__":
    main()
