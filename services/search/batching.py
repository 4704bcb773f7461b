"""/internal/v1/batches: what the taggers tell and ask of photos that wait for half the price."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from services.common.cloud.batches import (
    Batch,
    BatchAnswers,
    BatchEnded,
    BatchSeen,
    BatchSent,
    PutInBatch,
    Standing,
    TakeBatch,
)
from services.search import batches
from services.search.money import refusing
from services.search.routes import json_response, transaction
from services.search.state import Search

router = APIRouter(prefix="/internal/v1")

BatchId = Annotated[UUID, Path()]


@router.post("/batches:put", response_model=Standing)
def put(wanted: PutInBatch, state: Search) -> Response:
    with refusing(state), transaction(state) as db:
        return json_response(batches.put(db, wanted, state.settings.budget))


@router.post("/batches:take", response_model=Batch)
def take(wanted: TakeBatch, state: Search) -> Response:
    with transaction(state) as db:
        taken = batches.take(db, wanted)
    return json_response(taken) if taken else Response(status_code=204)


@router.post("/batches/{batch_id}:sent", status_code=204)
def sent(batch_id: BatchId, told: BatchSent, state: Search) -> None:
    with transaction(state) as db:
        batches.sent(db, batch_id, told)


@router.post("/batches/{batch_id}:seen", status_code=204)
def seen(batch_id: BatchId, told: BatchSeen, state: Search) -> None:
    with transaction(state) as db:
        batches.seen(db, batch_id, told)


@router.post("/batches/{batch_id}:answers", status_code=204)
def answers(batch_id: BatchId, told: BatchAnswers, state: Search) -> None:
    with transaction(state) as db:
        batches.answers(db, batch_id, told)


@router.post("/batches/{batch_id}:ended", status_code=204)
def ended(batch_id: BatchId, told: BatchEnded, state: Search) -> None:
    with transaction(state) as db:
        batches.ended(db, batch_id, told)
