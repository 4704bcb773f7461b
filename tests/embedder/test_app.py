"""The embedder's door: what search asks it, and what it answers to anything else."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.common.errors import Refuse, TryAgain
from services.common.telemetry import HANDLED
from services.common.vectors import from_wire
from services.embedder.app import create_app
from services.embedder.memory import Memory
from tests.embedder.stubs import DIMENSIONS, MODEL, Letters


class Worker:
    alive, ready = True, True


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def app(letters: Letters, worker: Worker) -> Any:
    return create_app(Memory(letters, 100), worker)


@pytest.fixture
def ask(app: Any) -> Any:
    async def send(method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://embedder") as client:
            return await client.request(method, path, **more)

    return lambda *args, **more: asyncio.run(send(*args, **more))


def test_texts_become_vectors_in_their_order(ask: Any, letters: Letters) -> None:
    answer = ask("POST", "/embed", json={"texts": ["dog", "sea", "dog"]}).json()
    assert (answer["model"], answer["dimensions"]) == (MODEL, DIMENSIONS)
    dog, sea, again = map(from_wire, answer["vectors"])
    assert dog == again != sea
    assert sum(number**2 for number in dog) == pytest.approx(1, abs=1e-2)
    assert letters.asked == ["dog", "sea"]


def test_words_already_known_need_no_provider(ask: Any, letters: Letters) -> None:
    ask("POST", "/embed", json={"texts": ["dog"]})
    letters.fails = [TryAgain("429")]
    assert ask("POST", "/embed", json={"texts": ["dog"]}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{",
        b"[]",
        b'{"texts": []}',
        b'{"texts": ["\\ud800"]}',
        b'{"texts": [""]}',
        b'{"texts": [7]}',
        b'{"texts": "dog"}',
        b'{"texts": ["' + b"x" * 301 + b'"]}',
        b'{"texts": [' + b",".join([b'"a"'] * 65) + b"]}",
        b"\xff",
    ],
    ids=lambda body: body[:30].decode(errors="replace"),
)
def test_anything_else_is_a_bad_request(ask: Any, body: bytes) -> None:
    answer = ask("POST", "/embed", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == "bad-request"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_most_that_may_be_asked_is_answered(ask: Any) -> None:
    texts = [f"{number:03}" + "\U0001f41f" * 297 for number in range(64)]
    assert len(ask("POST", "/embed", json={"texts": texts}).json()["vectors"]) == 64


def test_a_provider_that_is_unwell_is_a_503_with_its_time(ask: Any, letters: Letters) -> None:
    letters.fails = [TryAgain("429", code="provider-busy", after=timedelta(seconds=7))]
    answer = ask("POST", "/embed", json={"texts": ["dog"]})
    assert (answer.status_code, answer.json()["code"]) == (503, "provider-busy")
    assert answer.headers["Retry-After"] == "7"


def test_a_text_that_the_provider_refuses_is_a_422(ask: Any, letters: Letters) -> None:
    letters.fails = [Refuse("no", code="provider-refused")]
    answer = ask("POST", "/embed", json={"texts": ["dog"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "provider-refused")


def test_a_stuck_worker_is_not_healthy(ask: Any, worker: Worker) -> None:
    assert ask("GET", "/healthz").status_code == 200
    worker.alive = False
    assert ask("GET", "/healthz").status_code == 503


def test_queries_are_answered_without_a_broker(ask: Any, worker: Worker) -> None:
    worker.ready = False
    assert ask("GET", "/readyz").status_code == 200


def test_metrics_are_there(ask: Any) -> None:
    HANDLED.labels("embedder", "photo.tagged").inc()
    assert 'imgcap_events_handled_total{event="photo.tagged"' in ask("GET", "/metrics").text
