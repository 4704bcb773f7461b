"""Taggers that are killed while photos are at a provider, as processes of the whole product.

What the ledger says afterwards is held against what the provider was asked.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.embedded.database import Database
from services.embedded.store import Store
from services.search.database import Db
from tests.cli.conftest import Imgcap, imgcap
from tests.cloud.batch_server import BatchServer
from tests.cloud.batched import PRICE
from tests.cloud.openai_server import KEY
from tests.gateway.house import jpeg, until
from tests.neighbours import bucket_on, copy_of_template, scope_on
from tests.system.pipeline import Pipeline

__all__ = ["imgcap"]  # the fixture

#: Seconds for what takes three processes and a broker between them.
SOON = 60.0


@dataclass
class Product:
    """The four services before a loopback OpenAI, with two photos that came together as many."""

    pipeline: Pipeline
    server: BatchServer
    db: Db

    def upload(self, count: int, together: int = 0) -> list[str]:
        with httpx.Client(base_url=self.pipeline.gateway, timeout=30) as client:
            return [self._upload(client, together) for _ in range(count)]

    def _upload(self, client: httpx.Client, together: int) -> str:
        asked: dict[str, Any] = {"filename": f"{uuid4()}.jpg", "together": together}
        headers = {"content-type": "image/jpeg"}
        answer = client.post("/api/photos", params=asked, content=jpeg(), headers=headers)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["photos"][0]["id"])

    def are(self, status: str, photos: list[str], generation: int = 1) -> Callable[[], bool]:
        """Whether all of them are so, by an answer of that generation or of a later one."""

        def look() -> bool:
            rows = self.db.execute(
                "SELECT status, applied_generation FROM photo WHERE photo_id = ANY(%s::uuid[])",
                [photos],
            ).fetchall()
            return all(row[0] == status and row[1] >= generation for row in rows)

        return look

    def books(self, photos: list[str]) -> list[tuple[str, str, Decimal]]:
        """Of each call about them: the model, how it ended, what it counts."""
        return self.db.execute(
            "SELECT model, outcome, coalesce(cost, estimate) FROM spend"
            " WHERE photo_id = ANY(%s::uuid[]) ORDER BY made_at, call_id",
            [photos],
        ).fetchall()

    def tagger(self, **told: str) -> None:
        """A new process, whoever was there before."""
        self.pipeline.kill("tagger")
        self.pipeline.wait_dead("tagger")
        self.pipeline.spawn("tagger", **told)

    def dies(self) -> None:
        assert self.pipeline.wait_dead("tagger", SOON) == -9

    def later(self) -> None:
        """The dead worker's lease of a batch ends, and so does the wait for the next look."""
        self.db.execute("UPDATE batch SET look_at = now()")


@pytest.fixture(scope="module")
def product(
    broker_url: str, database_node: Database, store_node: Store, tmp_path_factory: Any
) -> Iterator[Product]:
    folder: Path = tmp_path_factory.mktemp("restarts")
    with ExitStack() as stack:
        server = stack.enter_context(BatchServer().running())
        database = stack.enter_context(copy_of_template(database_node))
        told = {
            "IMGCAP_BROKER__SCOPE": stack.enter_context(scope_on(broker_url)),
            "IMGCAP_TAGGER": "openai",
            "IMGCAP_GEOMETRY": "false",
            "IMGCAP_OPENAI__KEY": KEY,
            "IMGCAP_OPENAI__BASE_URL": server.base_url,
            "IMGCAP_OPENAI__VISION_API": "responses",
            "IMGCAP_BATCH__ANYWHERE": "true",
            "IMGCAP_BATCH__LEAST": "2",
            "IMGCAP_BATCH__MOST": "2",  # full, it goes at once
            "IMGCAP_BATCH__EVERY": "0.2",
            "IMGCAP_SWEEP__EVERY": "0.3",
        }
        store = stack.enter_context(bucket_on(store_node))
        pipeline = Pipeline(
            folder, broker_url=broker_url, database_url=database, store=store, environment=told
        )
        db = stack.enter_context(psycopg.connect(database, autocommit=True))
        yield Product(stack.enter_context(pipeline), server, db)
        assert server.faults == []


def test_a_tagger_killed_in_the_middle_of_a_call_is_in_the_books_as_lost(product: Product) -> None:
    asked, over = threading.Event(), threading.Event()

    def never_answers(_: BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait(SOON)

    product.tagger()
    product.server.first.append(never_answers)
    (photo,) = product.upload(1)
    assert asked.wait(SOON)
    product.tagger(IMGCAP_CRASH_AT="tagger.cached")
    over.set()
    # While the first call may still be answered, nobody makes a second one.
    product.db.execute("UPDATE spend SET over_at = now() WHERE settled_at IS NULL")
    product.db.execute("UPDATE photo SET next_at = now() WHERE photo_id = %s", [photo])
    product.dies()  # with the answer kept: it is not asked for again

    looked = product.server.looked
    product.tagger()
    until(product.are("ready", [photo]), SOON)
    assert [outcome for _, outcome, _ in product.books([photo])] == ["lost", "answered"]
    assert product.server.looked == looked
    httpx.delete(f"{product.pipeline.gateway}/api/photos/{photo}").raise_for_status()


def test_a_tagger_killed_after_it_made_a_batch_leaves_one_batch_that_is_paid_once(
    product: Product, imgcap: Imgcap
) -> None:
    server = product.server
    alone = server.looked
    product.tagger(IMGCAP_CRASH_AT="batch.made")
    photos = product.upload(2, together=2)
    product.dies()
    assert [*server.batches] == ["batch_0"]

    product.tagger(IMGCAP_CRASH_AT="batch.kept")
    product.later()
    until(lambda: product.db.execute("SELECT 1 FROM batch WHERE state = 'sent'").fetchone(), SOON)
    server.end("batch_0")
    product.dies()
    assert not product.are("ready", photos)()

    product.tagger()
    product.later()
    until(product.are("ready", photos), SOON)
    assert server.calls.count("POST /batches") == 1
    paid = [("gpt-6-luna", "answered", PRICE / 2)] * 2
    assert (server.looked, product.books(photos)) == (alone, paid)

    # Looked at anew by the same model, they cost nothing; by another one, half its price again.
    said = imgcap("retag", "--yes", IMGCAP_URL=product.pipeline.gateway)
    assert (said.code, "2 photos will be looked at anew" in said.out) == (0, True)
    until(product.are("ready", photos, generation=2), SOON)
    assert (server.calls.count("POST /batches"), product.books(photos)) == (1, paid)

    product.tagger(IMGCAP_OPENAI__VISION_MODEL="gpt-6-sol")
    assert imgcap("retag", "--yes").code == 0
    until(lambda: "batch_1" in server.batches, SOON)
    assert [line["body"]["model"] for line in server.lines("batch_1")] == ["gpt-6-sol"] * 2
    server.end("batch_1")
    until(product.are("ready", photos, generation=3), SOON)
    again = product.books(photos)[2:]
    assert [(model, outcome) for model, outcome, _ in again] == [("gpt-6-sol", "answered")] * 2
    assert server.looked == alone
