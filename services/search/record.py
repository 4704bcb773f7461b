"""The record of a photo: reserved, committed, deleted, tried again.

The row is the truth, the outbox and the retry schedule. Every function is one transaction, opened
by the caller, and says what open pages must be told by returning ``PhotoChanged``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from services.common.api import Reason
from services.common.blobs import Keys
from services.common.events import PhotoChanged, Stage, Status
from services.common.lifecycle import Change, Changes, PhotoState, Reservation, Reserved
from services.search.database import Db
from services.search.sql import SQL
from services.search.swatches import packed


class Superseded(Exception):
    """The photo was deleted or uploaded anew meanwhile: what was being done for it is void."""


class NoSuchPhoto(Exception):
    """Never seen, or gone."""


@dataclass(frozen=True)
class Locked:
    """A photo's row, held until the transaction ends."""

    photo_id: UUID
    owner: str
    sha256: str
    filename: str
    content_type: str
    status: Status
    generation: int
    blob_generation: int
    applied_generation: int
    attempts: int
    waits: int
    sweeps: int

    @property
    def gone(self) -> bool:
        return self.status in ("deleting", "deleted")


@dataclass(frozen=True)
class Changed:
    """What the statements that change a row return of it."""

    photo_id: UUID
    owner: str
    generation: int
    seq: int
    status: Status
    applied_generation: int
    reason_code: str
    reason_text: str
    next_at: datetime | None

    @property
    def stage(self) -> Stage:
        return "searchable" if self.applied_generation else "uploaded"

    def event(self) -> PhotoChanged:
        return PhotoChanged(
            photo_id=self.photo_id,
            owner=self.owner,
            generation=self.generation,
            seq=self.seq,
            status=self.status,
            stage=self.stage,
            code=self.reason_code,
            text=self.reason_text,
            next_at=self.next_at,
        )

    def change(self) -> Change:
        reason = Reason(code=self.reason_code, text=self.reason_text, next_try=self.next_at)
        return Change(
            seq=self.seq,
            id=str(self.photo_id),
            owner=self.owner,
            status=self.status,
            stage=self.stage,
            generation=self.generation,
            reason=reason if self.reason_code else None,
        )


def changed_rows(db: Db, query: str, fields: dict[str, Any]) -> list[Changed]:
    with db.cursor(row_factory=class_row(Changed)) as cursor:
        return cursor.execute(SQL[query], fields).fetchall()


def lock_photo(db: Db, photo_id: UUID) -> Locked | None:
    with db.cursor(row_factory=class_row(Locked)) as cursor:
        return cursor.execute(SQL["lock_photo"], {"photo_id": photo_id}).fetchone()


def reserve(
    db: Db, wanted: Reservation, *, patient: bool = False
) -> tuple[Reserved, PhotoChanged | None]:
    """Make or find the row that the bytes will belong to.

    A photo that is kept already is a duplicate; if it had failed, it is tried again.
    """
    photo_id = wanted.photo_id
    fields = {**_row_of(wanted), "patient": patient}
    db.execute(SQL["insert_receiving"], fields)
    row = lock_photo(db, photo_id)
    if row is None:
        raise NoSuchPhoto(photo_id)
    change = None
    if row.status == "failed":
        change = requeue_photo(db, photo_id, row.owner)
        row = lock_photo(db, photo_id) or row
    duplicate = row.status in ("queued", "ready", "partial")
    generation = row.generation + 1 if row.gone else row.generation
    if not duplicate:
        db.execute(SQL["receive_again"], {**fields, "generation": generation})
    blob_generation = row.blob_generation if duplicate else generation
    reserved = Reserved(
        photo_id=wanted.photo_id,
        generation=generation,
        blob_prefix=Keys.of(photo_id, blob_generation).prefix,
        status=row.status if duplicate else "receiving",
        duplicate=duplicate,
        patient=patient,
    )
    return reserved, change


def _row_of(wanted: Reservation) -> dict[str, Any]:
    return {
        **wanted.model_dump(exclude={"palette", "exif", "together"}),
        "swatches": packed(wanted.palette),
        "exif": Jsonb(wanted.exif.model_dump(mode="json", exclude_none=True)),
        "taken_at": wanted.exif.taken_at,
    }


def commit(db: Db, photo_id: UUID, generation: int) -> tuple[PhotoState, PhotoChanged | None]:
    """The bytes are safe. Doing it twice is doing it once.

    Raises ``Superseded`` if the photo was deleted or uploaded anew meanwhile.
    """
    rows = changed_rows(db, "queue_photo", {"photo_id": photo_id, "generation": generation})
    state = photo_state(db, photo_id, None)
    if not rows and (state.gone or state.blob_generation != generation):
        raise Superseded(photo_id)
    return state, rows[0].event() if rows else None


def photo_state(db: Db, photo_id: UUID, owner: str | None) -> PhotoState:
    """Raises ``NoSuchPhoto``. Deleted ones have a state: their tombstone."""
    with db.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(SQL["photo_state"], {"photo_id": photo_id, "owner": owner}).fetchone()
    if row is None:
        raise NoSuchPhoto(photo_id)
    return PhotoState(blob_prefix=Keys.of(photo_id, row["blob_generation"]).prefix, **row)


def doom_photo(db: Db, photo_id: UUID, owner: str) -> PhotoChanged | None:
    """Delete: gone from every answer when the transaction ends. Raises ``NoSuchPhoto``."""
    with db.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(SQL["doom_photo"], {"photo_id": photo_id, "owner": owner}).fetchone()
    if row is None:
        if photo_state(db, photo_id, owner).status == "receiving":
            raise NoSuchPhoto(photo_id)
        return None
    db.execute(SQL["forget_meaning"], {"photo_id": photo_id})
    doom_blobs(db, photo_id, row.pop("blob_generation"))
    return Changed(**row).event()


def doom_blobs(db: Db, photo_id: UUID, blob_generation: int) -> None:
    prefix = Keys.of(photo_id, blob_generation).prefix
    db.execute(SQL["doom_blobs"], {"prefix": prefix, "photo_id": photo_id})


def requeue_photo(db: Db, photo_id: UUID, owner: str) -> PhotoChanged:
    """Back to the start, as a new generation. Raises ``NoSuchPhoto``."""
    rows = changed_rows(db, "requeue_photo", {"photo_id": photo_id, "owner": owner})
    if not rows:
        raise NoSuchPhoto(photo_id)
    return rows[0].event()


def requeue_failed(db: Db, owner: str, *, patient: bool = False) -> list[PhotoChanged]:
    fields = {"owner": owner, "patient": patient}
    return [row.event() for row in changed_rows(db, "requeue_failed", fields)]


def count_failed(db: Db, owner: str) -> int:
    row = db.execute(SQL["count_failed"], {"owner": owner}).fetchone()
    return int(row[0]) if row else 0


def retag(db: Db, owner: str, before: datetime, *, patient: bool, limit: int) -> list[PhotoChanged]:
    """Some of the photos that were last changed ``before``; none when all are looked at anew."""
    fields = {"owner": owner, "before": before, "patient": patient, "limit": limit}
    return [row.event() for row in changed_rows(db, "retag_photos", fields)]


def count_retag(db: Db, owner: str) -> tuple[int, datetime]:
    """How many there are, and the database's time."""
    row = db.execute(SQL["count_retag"], {"owner": owner}).fetchone()
    assert row
    return int(row[0]), row[1]


def changes_since(db: Db, owner: str, after: int, limit: int) -> Changes:
    rows = changed_rows(db, "changes_since", {"owner": owner, "after": after, "limit": limit + 1})
    return Changes(changes=[row.change() for row in rows[:limit]], complete=len(rows) <= limit)


def latest_seq(db: Db, owner: str) -> int:
    row = db.execute(SQL["latest_seq"], {"owner": owner}).fetchone()
    return int(row[0]) if row else 0
