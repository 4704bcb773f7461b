"""Photos that may wait, in a real record and store, before a tagger that puts them in batches."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.common.blobs import Blobs, Keys
from services.common.cloud.asking import Asking
from services.common.cloud.batches import BatchBooks
from services.common.cloud.breaker import Breaker
from services.common.cloud.ledger import SearchLedger
from services.common.cloud.pace import Pace
from services.common.cloud.prices import Prices
from services.common.cloud.settings import BatchSettings, OpenAISettings
from services.common.events import PhotoFacts, PhotoTagged, Sighting
from services.common.record import Record
from services.common.results import Results
from services.common.settings import StoreSettings
from services.search import batches, record
from services.search.apply import apply_result
from services.search.database import Db
from services.search.record import changed_rows
from services.search.sql import SQL
from services.search.sweep import uploaded_again
from services.tagger.batch.patient import PatientTagger
from services.tagger.batch.remote import RemoteBatches
from services.tagger.batch.work import BatchWork
from services.tagger.handler import TagPhoto
from services.tagger.providers.openai import OpenAITagger
from tests.cloud.batch_server import BatchServer
from tests.cloud.books import a_photo
from tests.cloud.openai_server import KEY
from tests.search.photos import embedded, reservation, tag
from tests.tagger.test_handler import CALM

PHOTO = a_photo()
HALF = Decimal("0.5")
#: What the server's answer costs at the whole price.
PRICE = Decimal("0.000204")


class Calm:
    """Free eyes, which see a calm photo."""

    name, version, paid = "free", "1", False

    def look(self, _: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:  # noqa: ARG002
        return Sighting(tags=(CALM,))


@dataclass
class Waitings:
    """The tagger's side and search's, with their neighbours."""

    db: Db
    blobs: Blobs
    server: BatchServer
    tagger: PatientTagger
    work: BatchWork
    tag_photo: TagPhoto
    reports: list[tuple[str, str]] = field(default_factory=list)

    def photo(self, name: str, **more: Any) -> UUID:
        """One of many that came together."""
        wanted = reservation(name, **more)
        reserved, _ = record.reserve(self.db, wanted, patient=True)
        record.commit(self.db, wanted.photo_id, reserved.generation)
        self.blobs.put(Keys.of(wanted.photo_id, 1).display, PHOTO, "image/jpeg")
        return wanted.photo_id

    def look(self, photo_id: UUID) -> PhotoTagged:
        """A worker takes the photo's event, and its answer is applied."""
        self.db.execute("UPDATE photo SET next_at = now() WHERE photo_id = %s", [photo_id])
        with self.db.cursor(row_factory=dict_row) as rows:
            found = rows.execute(SQL["due_photos"], {"limit": 1000}).fetchall()
        event = next(uploaded_again(row) for row in found if row["photo_id"] == photo_id)
        ids = {"photo_ids": [photo_id], "lost": 0}
        self.db.execute(SQL["mark_published"], ids)
        (tagged,) = self.tag_photo(event)
        fields = tagged.model_dump(include={"missing", "missing_code", "missing_text", "again_at"})
        answer = embedded(self.db, photo_id, tag("dog"), generation=event.generation, **fields)
        apply_result(self.db, answer)
        return tagged

    def send(self) -> str:
        """The newest batch of the server."""
        assert self.work.once()
        return f"batch_{len(self.server.batches) - 1}"

    def fetch(self) -> bool:
        self.due()
        return self.work.once()

    def due(self) -> None:
        self.db.execute("UPDATE batch SET look_at = now()")

    def wake(self) -> list[UUID]:
        """Photos that go to work again because their answer is there."""
        batches.wake(self.db, 100)
        rows = changed_rows(self.db, "retry_partial", {"seconds": 86_400, "limit": 100})
        return [row.photo_id for row in rows]

    def state(self, photo_id: UUID) -> tuple[str, str]:
        row = self.db.execute(
            "SELECT status, reason_code FROM photo WHERE photo_id = %s", [photo_id]
        ).fetchone()
        assert row
        return row[0], row[1]

    def books(self) -> list[tuple[str, str, Decimal]]:
        """Of each call: what for, how it ended, what it counts."""
        return self.db.execute(
            "SELECT purpose, outcome, coalesce(cost, estimate) FROM spend ORDER BY made_at, call_id"
        ).fetchall()

    def spent(self) -> Decimal:
        row = self.db.execute("SELECT sum(spent) FROM budget WHERE length(period) = 10").fetchone()
        return row[0] if row and row[0] is not None else Decimal(0)

    def kept(self) -> list[str]:
        return [key for key in self.blobs.keys("photos/") if "/results/" in key]


@contextmanager
def waitings(
    db: Db, search: str, store: StoreSettings, server: BatchServer, **own: Any
) -> Iterator[Waitings]:
    reports: list[tuple[str, str]] = []
    settings = OpenAISettings.model_validate(
        {"key": KEY, "base_url": server.base_url, "vision_api": "responses", **own}
    )
    ledger, books, blobs = SearchLedger(search), BatchBooks(search), Blobs(store)
    asking = Asking(ledger, Breaker("openai", ledger.report), Pace(1000), insisting=0)
    tagger = PatientTagger(OpenAITagger(settings, Prices.read(), asking), books, HALF)
    remote = RemoteBatches(settings.vision_url, settings.key, who="OpenAI", model="gpt-6-luna")
    breaker = Breaker("batches", lambda _, state, code, __: reports.append((state, code)))
    batch = BatchSettings(least=3, gather=0, every=0.01)
    work = BatchWork(tagger.tagger, remote, books, blobs, breaker, batch, HALF)
    results = Results(blobs, Record(search))
    yield Waitings(db, blobs, server, tagger, work, TagPhoto(results, [tagger, Calm()]), reports)
    assert server.faults == []
    for one in (ledger, books, remote, tagger.tagger, results.record):
        one.close()
