"""/internal/v1: the record, the gallery, the search."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from psycopg.rows import class_row, dict_row
from pydantic import BaseModel, Field

from services.common.api import (
    Failure,
    GalleryStatus,
    House,
    PhotoDetail,
    PhotoPage,
    Retagged,
    Retried,
    TagEdit,
)
from services.common.events import Status
from services.common.lifecycle import Changes, PhotoState, Reservation, Reserved
from services.search import audit as auditing
from services.search import batches, budget, gallery, record, tags
from services.search.accounts.walls import NOBODY, at_once, in_gallery, reading
from services.search.database import Db
from services.search.overview import look, versions
from services.search.sql import SQL
from services.search.state import Search, State
from services.search.sweep import tell

router = APIRouter(prefix="/internal/v1")

VERSION = "0.1.0"
#: Rows of one transaction, and seconds of one request.
RETAG_AT_ONCE, RETAG_SECONDS = 500, 2.0

Owner = Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=300)]
Order = Literal["newest", "oldest"]
Words = Annotated[str, Query(max_length=256, pattern=r"^[^\x00]*$")]
Seq = Annotated[int, Query(ge=0, lt=2**63)]
Together = Annotated[int, Query(ge=0, le=10**9)]


class Commit(BaseModel):
    generation: Annotated[int, Field(ge=1, lt=2**31)]


@contextmanager
def transaction(state: State, owner: str | None = None) -> Iterator[Db]:
    """One request is one transaction; of ``owner`` it sees this gallery and no other."""
    with state.pool.connection() as db:
        if owner is None:
            yield db
        else:
            with in_gallery(db, owner):
                yield db


@contextmanager
def snapshot(state: State, owner: str = NOBODY, *, plan_once: bool = False) -> Iterator[Db]:
    """Everything that one answer reads is of one moment; nothing is written."""
    with state.readers.connection() as db, reading(db, owner, plan_once=plan_once):
        yield db


def json_response(answer: BaseModel) -> Response:
    """Serialised once, by pydantic; FastAPI would do it twice."""
    return Response(answer.model_dump_json(), media_type="application/json")


@router.post("/photos:reserve", response_model=Reserved)
def reserve(wanted: Reservation, state: Search) -> Response:
    with transaction(state) as db:
        patient = state.settings.may_wait(wanted.together)
        reserved, change = record.reserve(db, wanted, patient=patient)
    tell(state.publisher, [change])
    return json_response(reserved)


@router.post("/photos/{photo_id}:commit", response_model=PhotoState)
def commit(photo_id: UUID, wanted: Commit, state: Search) -> Response:
    with transaction(state) as db:
        photo, change = record.commit(db, photo_id, wanted.generation)
    tell(state.publisher, [change])
    return json_response(photo)


@router.get("/photos/{photo_id}/state", response_model=PhotoState)
def photo_state(photo_id: UUID, state: Search, owner: Owner | None = None) -> Response:
    with transaction(state, owner) as db:
        return json_response(record.photo_state(db, photo_id, owner))


@router.get("/photos", response_model=PhotoPage)
def list_photos(
    state: Search,
    owner: Owner,
    limit: Limit = 50,
    cursor: Cursor = None,
    status: Status | None = None,
    sort: Order = "newest",
) -> Response:
    with state.pool.connection() as db:
        with at_once(db, owner):
            page = gallery.ask_page(
                db, owner, status=status, cursor=cursor, limit=limit, oldest=sort == "oldest"
            )
        written = page.written()
    return Response(written, media_type="application/json")


@router.post("/photos:retry-failed", status_code=202, response_model=Retried)
def retry_failed(state: Search, owner: Owner) -> Retried:
    with transaction(state, owner) as db:
        patient = state.settings.may_wait(record.count_failed(db, owner))
        changes = record.requeue_failed(db, owner, patient=patient)
    tell(state.publisher, changes)
    return Retried(retried=len(changes))


@router.post("/photos:retag", status_code=202, response_model=Retagged)
def retag(
    state: Search, owner: Owner, before: datetime | None = None, together: Together = 0
) -> Retagged:
    """As many as fit into some seconds, in short transactions: others want the rows too."""
    deadline, retried = time.monotonic() + RETAG_SECONDS, 0
    with transaction(state, owner) as db:
        photos, now = record.count_retag(db, owner)
    together, before = max(together, photos), before or now
    patient = state.settings.may_wait(together)
    while time.monotonic() < deadline:
        with transaction(state, owner) as db:
            changes = record.retag(db, owner, before, patient=patient, limit=RETAG_AT_ONCE)
        tell(state.publisher, changes)
        retried += len(changes)
        if len(changes) < RETAG_AT_ONCE:
            return Retagged(retried=retried, left=0, before=before, together=together)
    left = max(0, photos - retried)
    return Retagged(retried=retried, left=left, before=before, together=together)


@router.get("/photos/{photo_id}", response_model=PhotoDetail)
def photo_detail(photo_id: UUID, state: Search, owner: Owner) -> Response:
    with transaction(state, owner) as db:
        return json_response(gallery.photo_detail(db, owner, photo_id))


@router.delete("/photos/{photo_id}", status_code=204)
def delete_photo(photo_id: UUID, state: Search, owner: Owner) -> None:
    with transaction(state, owner) as db:
        change = record.doom_photo(db, photo_id, owner)
    tell(state.publisher, [change])


@router.post("/photos/{photo_id}:retry", status_code=202)
def retry_photo(photo_id: UUID, state: Search, owner: Owner) -> None:
    with transaction(state, owner) as db:
        change = record.requeue_photo(db, photo_id, owner)
    tell(state.publisher, [change])


@router.patch("/photos/{photo_id}/tags", response_model=PhotoDetail)
def edit_tags(photo_id: UUID, edit: TagEdit, state: Search, owner: Owner) -> Response:
    with transaction(state, owner) as db:
        change = tags.edit_tags(db, owner, photo_id, edit)
        detail = gallery.photo_detail(db, owner, photo_id)
    tell(state.publisher, [change])
    return json_response(detail)


@router.get("/changes", response_model=Changes)
def changes(state: Search, owner: Owner, after: Seq, limit: Limit = 200) -> Response:
    with transaction(state, owner) as db:
        return json_response(record.changes_since(db, owner, after, limit))


@router.get("/seq")
def latest_seq(state: Search, owner: Owner) -> dict[str, int]:
    with transaction(state, owner) as db:
        return {"seq": record.latest_seq(db, owner)}


@router.get("/status", response_model=GalleryStatus)
def status(state: Search, owner: Owner) -> Response:
    with transaction(state, owner) as db, db.cursor(row_factory=dict_row) as rows:
        row: dict[str, Any] = rows.execute(SQL["gallery_status"], {"owner": owner}).fetchone() or {}
        row |= budget.status_fields(db, state.settings.budget)
    # Which migrations there were is no gallery's affair, so no gallery's transaction may read it.
    with transaction(state) as db:
        told = asdict(versions(db))
        waiting = batches.overview(db)
    queues = state.depths.latest()
    told |= {"search": VERSION, "rabbitmq": state.depths.version}
    return json_response(
        GalleryStatus(
            version=VERSION,
            queues=queues,
            services={"search": True},
            versions=told,
            batches=waiting,
            **row,
        )
    )


@router.get("/house", response_model=House)
def house(state: Search) -> Response:
    """What `imgcap doctor` wants to know; no door of the gateway leads here."""
    with transaction(state) as db, db.cursor(row_factory=class_row(Failure)) as rows:
        seen = look(db, state.settings.budget)
        failures = rows.execute(SQL["house_failures"]).fetchall()
        told, fields = asdict(versions(db)), budget.status_fields(db, state.settings.budget)
    return json_response(
        House(
            photos=seen.photos,
            queues=state.depths.latest(),
            oldest_unfinished_seconds=seen.oldest_unfinished_seconds,
            failures=failures,
            versions=told,
            **fields,
        )
    )


@router.post("/audit")
def audit(state: Search, fix: bool = False) -> dict[str, Any]:
    with transaction(state) as db:
        return asdict(auditing.audit(db, state.blobs, fix=fix))


@router.post("/reconcile")
def reconcile(state: Search) -> dict[str, int]:
    return {"rebuilt": auditing.reconcile(state.pool, state.blobs)}
