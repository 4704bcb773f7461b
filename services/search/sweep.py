"""The sweeper: what the record says should happen, and has not, happens now.

All exclusion is in the database (``FOR UPDATE SKIP LOCKED``), so every replica may sweep.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Event as Flag
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from psycopg.rows import dict_row

from services.common import tracing
from services.common.api import Exif
from services.common.blobs import Blobs, Keys
from services.common.errors import TryAgain
from services.common.events import PhotoChanged, PhotoFacts, PhotoUploaded
from services.common.publisher import Publisher
from services.search import batches
from services.search.calm import Calm
from services.search.database import AWAY, Db, Pool
from services.search.record import changed_rows, doom_blobs
from services.search.settings import SweepSettings
from services.search.sql import SQL

log = structlog.get_logger(__name__)

SWEPT = Counter("imgcap_swept", "Photos that the sweeper moved on.", ["why"])

AT_ONCE = 200  # rows of one round: short transactions, and deletes are never starved
SWEEPS = 3  # a photo lost more often than this needs a person
#: Of the time after which a photo counts as lost, how long queues must have stayed idle.
CALM = 2 / 3
PARTIAL_AGAIN = 86_400  # seconds until a provider that gave no answer is asked again


@dataclass(frozen=True)
class Sweeper:
    """``calm`` is asked only when photos may be lost."""

    pool: Pool
    publisher: Publisher
    blobs: Blobs
    settings: SweepSettings
    calm: Calm
    place_words: Callable[[], int]
    empty_quarantine: Callable[[], int] = lambda: 0

    def run(self, stop: Flag) -> None:
        while not stop.wait(self.settings.every):
            for step in (
                self.delete_blobs,
                self.publish_due,
                self.publish_lost,
                self.close_abandoned,
                self.fetch_batched,
                self.settle,
                self.place_words,
                self.empty_quarantine,
            ):
                try:
                    step()
                except (*AWAY, TryAgain) as error:
                    log.warning("sweep step put off", step=step.__name__, error=repr(error))
                except Exception:
                    log.exception("sweep step failed", step=step.__name__)

    def publish_due(self) -> int:
        """New work that nobody announced, and retries whose time has come."""
        return self._publish("due_photos", {}, lost=False)

    def publish_lost(self) -> int:
        """Only queues that stay idle prove a loss: photos that wait, or that a worker has in its
        hands, must not be published again."""
        patience = self.settings.lost_after
        if not self._any_lost(patience * (1 - CALM)):
            self.calm.forget()
            return 0
        if self.calm.seconds() < patience * CALM:
            patience = self.settings.give_up_waiting
        self._tell_changes("fail_stalled", {"most": SWEEPS, "seconds": patience})
        return self._publish("lost_photos", {"seconds": patience}, lost=True)

    def _any_lost(self, patience: float) -> bool:
        with self.pool.connection() as db:
            found = db.execute(SQL["lost_photos"], {"seconds": patience, "limit": 1}).fetchone()
        return found is not None

    def _publish(self, query: str, fields: dict[str, Any], *, lost: bool) -> int:
        if not self.publisher.ready:
            return 0
        why = "lost" if lost else "due"
        at_once = max(1, min(AT_ONCE, int(self.settings.per_second * self.settings.every)))
        with self.pool.connection() as db:
            rows = _rows(db, query, {**fields, "limit": at_once})
            if not rows:
                return 0
            sent = {row["photo_id"]: self._again(row, why) for row in rows}
            confirmed = _confirmed(sent)
            db.execute(SQL["mark_published"], {"photo_ids": confirmed, "lost": 1 if lost else 0})
        SWEPT.labels(why).inc(len(confirmed))
        log.info("published again", photos=len(confirmed), why=why)
        return len(confirmed)

    def _again(self, row: dict[str, Any], why: str) -> "Future[None]":
        """In the trace that the upload began: it tells the photo's whole story, outages too."""
        event = uploaded_again(row)
        photo = str(event.photo_id)
        with tracing.span("publish again", parent=event.traceparent, photo_id=photo, why=why):
            return self.publisher.publish(tracing.stamped([event])[0])

    def delete_blobs(self) -> int:
        """Bytes of deleted photos: at once, then a second look for what was still on its way."""
        with self.pool.connection() as db:
            rows = _rows(db, "due_blobs", {"limit": AT_ONCE})
            for row in rows:
                found = self.blobs.delete(self.blobs.keys(f"{row['prefix']}/"))
                done = row["passes"] > 0 and not found
                fields = {**row, "done": done, "seconds": self.settings.look_again}
                db.execute(SQL["blobs_gone"], fields)
                SWEPT.labels("deleted").inc()
        return len(rows)

    def close_abandoned(self) -> int:
        fields = {"seconds": self.settings.abandoned_after}
        with self.pool.connection() as db:
            rows = _rows(db, "abandoned_uploads", fields)
            for row in rows:
                doom_blobs(db, row["photo_id"], row["blob_generation"])
        SWEPT.labels("abandoned").inc(len(rows))
        return len(rows)

    def fetch_batched(self) -> None:
        """Photos whose answer came by a batch."""
        with self.pool.connection() as db:
            batches.wake(db, AT_ONCE)
            batches.forget(db)

    def settle(self) -> None:
        self._tell_changes("retry_partial", {"seconds": PARTIAL_AGAIN, "limit": AT_ONCE})
        with self.pool.connection() as db:
            db.execute(SQL["forget_tombstones"])

    def _tell_changes(self, query: str, fields: dict[str, Any]) -> None:
        with self.pool.connection() as db:
            changes = [row.event() for row in changed_rows(db, query, fields)]
        tell(self.publisher, changes)


def tell(publisher: Publisher, changes: Iterable[PhotoChanged | None]) -> None:
    """Open pages hear of changes as soon as the broker does; nobody waits for it."""
    for change in changes:
        if change:
            publisher.publish(change).add_done_callback(_heard)


def _heard(sent: "Future[None]") -> None:
    if error := sent.exception():
        log.info("change not announced", error=str(error))


def uploaded_again(row: dict[str, Any]) -> PhotoUploaded:
    exif = Exif(**row["exif"])
    facts = PhotoFacts(
        width=row["width"],
        height=row["height"],
        **exif.model_dump(
            include={"taken_at", "exposure_seconds", "f_number", "iso", "focal_length_mm"}
        ),
    )
    return PhotoUploaded(
        photo_id=row["photo_id"],
        owner=row["owner"],
        generation=row["generation"],
        blob_key=Keys.of(row["photo_id"], row["blob_generation"]).original,
        sha256=row["sha256"],
        content_type=row["content_type"],
        width=row["width"],
        height=row["height"],
        facts=facts,
        local_only=row["local_only"],
        patient=row["patient"],
        traceparent=row["traceparent"],
    )


def _confirmed(sent: dict[UUID, "Future[None]"]) -> list[UUID]:
    """Those that the broker has; the others stay due."""
    deadline = time.monotonic() + 5.0
    wait(sent.values(), timeout=deadline - time.monotonic())
    for future in sent.values():
        future.cancel()
    return [
        photo_id
        for photo_id, future in sent.items()
        if future.done() and not future.cancelled() and future.exception() is None
    ]


def _rows(db: Db, query: str, fields: dict[str, Any]) -> list[dict[str, Any]]:
    with db.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(SQL[query], fields).fetchall()
