"""Photos through the whole pipeline: how many a second, how soon searchable, at what memory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from bench.report import memory, p50_p99, show
from bench.stack import neighbours, product
from bench.upload import rate, small_photo
from services.embedder.providers.local import LocalEmbedder
from services.tagger.providers.local import LocalTagger
from tests.system.pipeline import ORDER, ROOT, Pipeline
from tests.system.provider import Provider

BACKLOG = 120
SINGLES = 30
LOCAL = 40
WITHIN = 300.0


def ready(client: httpx.Client) -> int:
    counts: dict[str, int] = client.get("/api/status").json()["photos"]
    return counts.get("ready", 0)


def wait_ready(client: httpx.Client, number: int) -> None:
    deadline = time.monotonic() + WITHIN
    while ready(client) < number:
        assert time.monotonic() < deadline, client.get("/api/status").text
        time.sleep(0.25)


def backlog(pipeline: Pipeline, client: httpx.Client, bodies: list[bytes]) -> float:
    """Photos per second of the workers alone: they wait while everything is uploaded."""
    before = ready(client)
    for name in ("tagger", "embedder"):
        pipeline.kill(name, 15)
        pipeline.wait_dead(name)
    rate(f"{pipeline.gateway}/api/photos?filename=bench.jpg", bodies)
    for name in ("embedder", "tagger"):
        pipeline.spawn(name)
    pipeline.wait_ready("embedder")
    began = time.perf_counter()
    wait_ready(client, before + len(bodies))
    return len(bodies) / (time.perf_counter() - began)


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
            time.sleep(0.25)
    return took


@contextmanager
def listening(client: httpx.Client) -> Iterator[Iterator[str]]:
    with client.stream("GET", "/api/events", timeout=60) as stream:
        yield stream.iter_lines()


def models_alone(bodies: list[bytes]) -> float:
    """Photos per second that one thread's models would do if nothing else were there, times two."""
    tagger = LocalTagger(ROOT / "data" / "models")
    embedder = LocalEmbedder(ROOT / "data" / "models")
    tagger.look(bodies[0])
    began = time.process_time()
    for body in bodies[:20]:
        embedder.embed([tag.text for tag in tagger.look(body).tags][:1] or ["photo"])
    return 2 * 20 / (time.process_time() - began)


def instant(rows: list[Any]) -> list[Any]:
    """With a provider that costs nothing: what the pipeline itself costs."""
    with neighbours() as around, Provider().serving() as provider:
        began = time.perf_counter()
        with product(around, provider.environment) as pipeline:
            started = time.perf_counter() - began
            with httpx.Client(base_url=pipeline.gateway, timeout=60) as client:
                at_rest = {name: memory(pipeline.pid(name)) for name in ORDER}
                took = one_by_one(client, [small_photo(5_000 + n) for n in range(SINGLES)])
                speed = backlog(pipeline, client, [small_photo(9_000 + n) for n in range(BACKLOG)])
            under_load = {name: memory(pipeline.pid(name)) for name in ORDER}
    rows.append(("photos/s, instant provider", f"{speed:.0f}", ">= 250"))
    rows.append(("uploaded to searchable, idle, p50 / p99", p50_p99(took), "60 / 250 ms"))
    rows.append(("four services ready after", f"{started:.1f} s", ""))
    return [
        (name, at_rest[name], under_load[name], limit)
        for name, limit in zip(ORDER, (90, 250, 250, 90), strict=True)
    ]


def local(rows: list[Any], remembered: list[Any]) -> None:
    """With the built-in eyes, on the sample photos' own pixels."""
    photos = [path.read_bytes() for path in sorted((ROOT / "samples").glob("*.jpg"))]
    bodies = [photo + bytes([n]) for n in range(2) for photo in photos][:LOCAL]
    alone = models_alone(photos)
    with neighbours() as around, product(around, {}) as pipeline:
        at_rest = {name: memory(pipeline.pid(name)) for name in ORDER}
        with httpx.Client(base_url=pipeline.gateway, timeout=60) as client:
            speed = backlog(pipeline, client, bodies)
        under_load = {name: memory(pipeline.pid(name)) for name in ORDER}
    rows.append(("photos/s, built-in eyes", f"{speed:.1f}", ""))
    rows.append(("  of what the models alone do", f"{speed / alone:.0%}", ">= 85 %"))
    for name in ("tagger", "embedder"):
        remembered.append((f"{name}, built-in models", at_rest[name], under_load[name], 250))


def main() -> None:
    rows: list[Any] = []
    remembered = instant(rows)
    local(rows, remembered)
    show("Photos through the pipeline", ("what", "measured", "target"), rows)
    columns = ("service", "at rest MiB", "under load MiB", "target at rest")
    show("Memory (proportional set size)", columns, remembered)


if __name__ == "__main__":
    main()
