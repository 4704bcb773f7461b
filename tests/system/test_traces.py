"""One trace from drop to searchable, span by span, as a real collector receives it."""

import json
import signal
from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.embedded.store import Store
from tests.chaos.client import photo
from tests.chaos.conserved import World, settle
from tests.neighbours import store_settings
from tests.system.collector import Collector, Span
from tests.system.conftest import IMPATIENT
from tests.system.pipeline import Pipeline
from tests.system.provider import Provider

SEED = 77
FILENAME = "grandmother-in-the-kitchen.jpg"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector().serving() as own:
        yield own


@pytest.fixture(scope="module")
def pipeline(
    world: tuple[World, str],
    provider: Provider,
    collector: Collector,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pipeline]:
    truth, scope = world
    traced = {"IMGCAP_TRACES": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with Pipeline(
        tmp_path_factory.mktemp("services"),
        broker_url=truth.broker.url.get_secret_value(),
        database_url=truth.database,
        store=store_settings(store_node, truth.blobs.bucket),
        environment={
            **IMPATIENT,
            # A busy machine must not look like a lost photo: its trace would tell each step twice.
            "IMGCAP_SWEEP__LOST_AFTER": "12",
            **provider.environment,
            **traced,
            "IMGCAP_BROKER__SCOPE": scope,
        },
    ) as own:
        yield own


def upload(pipeline: Pipeline, number: int, **headers: str) -> UUID:
    answer = httpx.post(
        f"{pipeline.gateway}/api/photos",
        params={"filename": FILENAME},
        content=photo(number, SEED),
        headers={"Content-Type": "image/jpeg", **headers},
        timeout=20,
    )
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["photos"][0]["id"])


def settled(pipeline: Pipeline, world: tuple[World, str]) -> None:
    settle(replace(world[0], gateway=pipeline.gateway), within=90)


def story(collector: Collector, of: UUID) -> list[Span]:
    """Every span of the trace that the photo's upload began, once all has been told."""
    applied = ("search", "publish photo.changed")

    def whole(spans: list[Span]) -> bool:
        own = {one.trace for one in spans if one.attributes.get("photo_id") == str(of)}
        told = [(one.service, one.name) for one in spans if one.trace in own]
        return ("search", "process photo.embedded") in told and told.count(applied) >= 2

    spans = collector.wait_for(whole)
    (trace,) = {
        one.trace
        for one in spans
        if one.name == "POST /api/photos" and one.attributes.get("photo_id") == str(of)
    }
    return [one for one in spans if one.trace == trace]


@pytest.fixture(scope="module")
def uploaded(pipeline: Pipeline, world: tuple[World, str]) -> UUID:
    of = upload(pipeline, 1)
    settled(pipeline, world)
    return of


@pytest.fixture(scope="module")
def trace(uploaded: UUID, collector: Collector) -> list[Span]:
    return story(collector, uploaded)


def only(trace: list[Span], service: str, name: str) -> Span:
    found = [one for one in trace if (one.service, one.name) == (service, name)]
    assert len(found) == 1, (service, name, sorted({(one.service, one.name) for one in trace}))
    return found[0]


#: Each step of a photo's way: who takes it, and the step that it is a part of.
STEPS = [
    ("gateway", "read pixels", "internal", ("gateway", "POST /api/photos")),
    ("gateway", "store put original", "client", ("gateway", "POST /api/photos")),
    ("gateway", "store put display.jpg", "client", ("gateway", "POST /api/photos")),
    ("gateway", "store put thumb.webp", "client", ("gateway", "POST /api/photos")),
    ("gateway", "store put record.json", "client", ("gateway", "POST /api/photos")),
    ("gateway", "search POST /photos:reserve", "client", ("gateway", "POST /api/photos")),
    (
        "search",
        "POST /internal/v1/photos:reserve",
        "server",
        ("gateway", "search POST /photos:reserve"),
    ),
    (
        "search",
        "sql insert_receiving",
        "client",
        ("search", "POST /internal/v1/photos:reserve"),
    ),
    ("gateway", "search POST /photos/{photo_id}:commit", "client", ("gateway", "POST /api/photos")),
    (
        "search",
        "POST /internal/v1/photos/{photo_id}:commit",
        "server",
        ("gateway", "search POST /photos/{photo_id}:commit"),
    ),
    (
        "search",
        "sql queue_photo",
        "client",
        ("search", "POST /internal/v1/photos/{photo_id}:commit"),
    ),
    ("gateway", "publish photo.uploaded", "producer", ("gateway", "POST /api/photos")),
    ("tagger", "process photo.uploaded", "consumer", ("gateway", "publish photo.uploaded")),
    ("tagger", "look by http", "client", ("tagger", "process photo.uploaded")),
    ("tagger", "store get display.jpg", "client", ("tagger", "process photo.uploaded")),
    ("tagger", "publish photo.tagged", "producer", ("tagger", "process photo.uploaded")),
    ("embedder", "process photo.tagged", "consumer", ("tagger", "publish photo.tagged")),
    ("embedder", "place words by letters-26", "client", ("embedder", "process photo.tagged")),
    ("embedder", "publish photo.embedded", "producer", ("embedder", "process photo.tagged")),
    ("search", "process photo.embedded", "consumer", ("embedder", "publish photo.embedded")),
    ("search", "sql finish_photo", "client", ("search", "process photo.embedded")),
]


def test_the_drop_is_the_root_of_one_trace(trace: list[Span], uploaded: UUID) -> None:
    root = only(trace, "gateway", "POST /api/photos")
    assert (root.kind, root.parent, root.failed) == ("server", "", False)
    assert {one.service for one in trace} == {"gateway", "tagger", "embedder", "search"}
    known = {one.of for one in trace}
    assert [one.name for one in trace if one.parent and one.parent not in known] == []
    assert {one.attributes.get("photo_id") for one in trace} <= {str(uploaded), None}


@pytest.mark.parametrize(
    ("service", "name", "kind", "parent"), STEPS, ids=[f"{step[0]} {step[1]}" for step in STEPS]
)
def test_each_step_is_a_span_under_the_step_that_led_to_it(
    trace: list[Span], uploaded: UUID, service: str, name: str, kind: str, parent: tuple[str, str]
) -> None:
    span, above = only(trace, service, name), only(trace, *parent)
    assert (span.kind, span.parent, span.failed) == (kind, above.of, False)
    assert span.attributes["photo_id"] == str(uploaded)
    assert above.began <= span.began <= span.ended


def test_the_work_of_each_service_follows_upon_the_one_before(trace: list[Span]) -> None:
    began = [
        only(trace, *step).began
        for step in (
            ("gateway", "POST /api/photos"),
            ("tagger", "process photo.uploaded"),
            ("embedder", "process photo.tagged"),
            ("search", "process photo.embedded"),
        )
    ]
    assert began == sorted(began)


def test_log_lines_have_the_same_trace_id(
    trace: list[Span], uploaded: UUID, pipeline: Pipeline
) -> None:
    for service, event in (
        ("gateway", "kept"),
        ("search", "searchable"),
    ):
        lines = [json.loads(line) for line in pipeline.log(service).splitlines() if line[:1] == "{"]
        (line,) = [
            one for one in lines if one["event"] == event and one.get("photo_id") == str(uploaded)
        ]
        assert line["trace_id"] == trace[0].trace


def test_no_span_says_what_people_wrote(collector: Collector, pipeline: Pipeline) -> None:
    words = "a very private question"
    assert httpx.get(f"{pipeline.gateway}/api/search", params={"q": words}).status_code == 200
    asked = collector.wait_for(lambda spans: any(one.name == "GET /api/search" for one in spans))
    for span in asked:
        told = f"{span.name} {span.attributes}"
        assert FILENAME not in told
        assert "private" not in told
        assert "password" not in told.lower()


def test_what_a_client_says_of_its_trace_is_not_believed(
    collector: Collector, pipeline: Pipeline, world: tuple[World, str]
) -> None:
    foreign = "ab" * 16
    of = upload(pipeline, 2, traceparent=f"00-{foreign}-{'cd' * 8}-01", baggage="photo_id=x")
    settled(pipeline, world)
    assert {one.trace for one in story(collector, of)} != {foreign}
    assert foreign not in {one.trace for one in collector.spans}


def test_what_the_sweeper_publishes_again_is_told_in_the_upload_s_own_trace(
    collector: Collector, pipeline: Pipeline, world: tuple[World, str]
) -> None:
    """The tagger dies with the only copy of the news; the row brings it back."""
    pipeline.kill("tagger", signal.SIGSTOP)
    try:
        of = upload(pipeline, 3)
        purge(world)
        pipeline.kill("tagger")
        pipeline.wait_dead("tagger")
    finally:
        pipeline.kill("tagger", signal.SIGCONT)
    pipeline.spawn("tagger")
    settled(pipeline, world)
    trace = story(collector, of)
    again = only(trace, "search", "publish again")
    assert again.attributes["why"] in {"lost", "due"}
    assert again.parent == only(trace, "gateway", "POST /api/photos").of
    published = only(trace, "search", "publish photo.uploaded")
    assert published.parent == again.of
    assert only(trace, "tagger", "process photo.uploaded").parent == published.of


def purge(world: tuple[World, str]) -> None:
    import pika

    truth, _ = world
    with pika.BlockingConnection(truth.broker.parameters) as connection:
        connection.channel().queue_delete(truth.broker.topology.queue("tagger"))


def test_a_collector_that_is_away_delays_no_stop(
    pipeline: Pipeline, world: tuple[World, str]
) -> None:
    away: Mapping[str, Any] = {"IMGCAP_TRACES": "http://127.0.0.1:9"}
    pipeline.kill("tagger", signal.SIGTERM)
    pipeline.wait_dead("tagger")
    pipeline.spawn("tagger", **away)
    pipeline.wait_ready("tagger")
    upload(pipeline, 4)
    settled(pipeline, world)
    began = monotonic()
    pipeline.kill("tagger", signal.SIGTERM)
    assert pipeline.wait_dead("tagger") == 0
    assert monotonic() - began < 8
