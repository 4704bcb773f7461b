"""/internal/v1: what people keep of searches: saved ones, exports, imports, one of many alike."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from services.common.finding import (
    Imported,
    Keep,
    NewSavedSearch,
    SavedSearch,
    SavedSearches,
    TwinPage,
)
from services.common.problems import Problem
from services.search import bringing, moving, saved, sharing, twins
from services.search.finding import Strictness, understood
from services.search.routes import Limit, Owner, Words, json_response, snapshot, transaction
from services.search.state import Search, State
from services.search.sweep import tell

router = APIRouter(prefix="/internal/v1")

#: Bytes of one import; ten thousand sidecars, packed.
LARGEST = 20_000_000
Filename = Annotated[str, Query(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]


@router.get("/searches", response_model=SavedSearches)
def saved_searches(state: Search, owner: Owner, count: bool = False) -> Response:
    """``count``: with how many photos match now and how many of them are new."""
    with snapshot(state, owner) as db:
        found = saved.all_saved(db, owner)
        if count:
            found = [saved.counted(db, owner, one, state.asking) for one in found]
    return json_response(SavedSearches(searches=found))


@router.post("/searches", response_model=SavedSearch, status_code=201)
def save_search(wanted: NewSavedSearch, state: Search, owner: Owner) -> SavedSearch:
    understood(state, owner, wanted.query)  # a question that cannot be read is not kept
    with transaction(state, owner) as db:
        return saved.save(db, owner, wanted)


@router.get("/searches/{saved_id}", response_model=SavedSearch)
def saved_search(saved_id: UUID, state: Search, owner: Owner) -> Response:
    with snapshot(state, owner) as db:
        one = saved.one_saved(db, owner, saved_id)
        return json_response(saved.counted(db, owner, one, state.asking))


@router.post("/searches/{saved_id}:look", status_code=204)
def look_at_search(saved_id: UUID, state: Search, owner: Owner) -> None:
    with transaction(state, owner) as db:
        saved.one_saved(db, owner, saved_id)
        saved.look(db, owner, saved_id)


@router.delete("/searches/{saved_id}", status_code=204)
def forget_search(saved_id: UUID, state: Search, owner: Owner) -> None:
    with transaction(state, owner) as db:
        saved.forget(db, owner, saved_id)


@router.get("/search/export")
def export(
    state: Search,
    owner: Owner,
    q: Words,
    form: Annotated[sharing.Format, Query(alias="format")] = "json",
    strictness: Strictness = 50,
) -> Response:
    """Everything that matches."""
    asked = understood(state, owner, q)
    with snapshot(state, owner) as db:
        matches = state.asking.matches(db, owner, asked, strictness)
        chosen = list(matches.chosen())
        photos = moving.details(db, owner, [photo_id for photo_id, _ in chosen])
    told = [(photos[photo_id], likeness) for photo_id, likeness in chosen if photo_id in photos]
    ending = "zip" if form == "xmp" else form
    return Response(
        sharing.write(told, form),
        media_type=sharing.MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="imgcap.{ending}"'},
    )


@router.post("/keywords", response_model=Imported)
async def import_keywords(
    request: Request, state: Search, owner: Owner, filename: Filename = ""
) -> Response:
    """Sidecars (one, or many in a zip), JSON or CSV. Adds tags; takes none away."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST:
            raise Problem(413, "too-large", f"at most {LARGEST} bytes")
    return await run_in_threadpool(_import, state, owner, filename, bytes(content))


def _import(state: State, owner: str, filename: str, content: bytes) -> Response:
    files = list(bringing.read(filename, content))
    with transaction(state, owner) as db:
        imported, changes = moving.bring(db, owner, files)
    tell(state.publisher, changes)
    return json_response(imported)


@router.get("/duplicates", response_model=TwinPage)
def duplicates(state: Search, owner: Owner, limit: Limit = 50) -> Response:
    """Photos that look the same, in groups, the best of each first."""
    with snapshot(state, owner) as db:
        return json_response(twins.twin_page(db, owner, limit))


@router.post("/duplicates:keep", status_code=204)
def keep_one(wanted: Keep, state: Search, owner: Owner) -> None:
    with transaction(state, owner) as db:
        changes = twins.keep_one(db, owner, wanted)
    tell(state.publisher, changes)
