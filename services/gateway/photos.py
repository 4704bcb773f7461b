"""/api/photos: what is known of photos, and what people may do with them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.common.accounts import Noted
from services.common.api import PhotoDetail, PhotoPage, Retagged, Retried, TagEdit
from services.gateway.answers import ProblemDetails
from services.gateway.door import OpenDoor
from services.gateway.who.acting import OWN as OWN
from services.gateway.who.acting import acting
from services.gateway.words import Cursor, InOrder, Limit, OfStatus, PhotoId

router = APIRouter(tags=["photos"])

#: Of every answer here: search's words, which the gateway passes on as they are.
AWAY: dict[int | str, dict[str, Any]] = {
    503: {"model": ProblemDetails, "description": "Try again in a moment."}
}
NONE: dict[int | str, dict[str, Any]] = {
    **AWAY,
    404: {"model": ProblemDetails, "description": "There is no such photo (any more)."},
}


@router.get("/api/photos", response_model=PhotoPage, responses=AWAY)
async def list_photos(
    door: OpenDoor,
    limit: Limit = 50,
    cursor: Cursor = None,
    status: OfStatus = None,
    sort: InOrder = "newest",
) -> Response:
    """Photos, newest or oldest first."""
    fields = _given(limit=limit, cursor=cursor, status=status, sort=sort)
    return await door.search.pass_on("GET", "/photos", fields)


# Before the routes with an id, which would take the word for one.
@router.post("/api/photos/retry-failed", status_code=202, response_model=Retried, responses=AWAY)
async def retry_failed(door: OpenDoor) -> Response:
    """Try all failed photos again."""
    return await door.search.pass_on("POST", "/photos:retry-failed", OWN)


@router.post("/api/photos/retag", status_code=202, response_model=Retagged, responses=AWAY)
async def retag(
    door: OpenDoor,
    before: Annotated[datetime | None, Query(description="of the answer before")] = None,
    together: Annotated[int, Query(ge=0, le=10**9, description="of the answer before")] = 0,
) -> Response:
    """Look at all photos anew, as after a change of provider or model. Answers that were paid for
    before are used again; many new ones wait for half the price."""
    fields = _given(before=before and before.isoformat(), together=together)
    return await door.search.pass_on("POST", "/photos:retag", fields)


@router.get("/api/photos/{photo_id}", response_model=PhotoDetail, responses=NONE)
async def photo_detail(door: OpenDoor, photo_id: PhotoId) -> Response:
    """Everything known of a photo."""
    return await door.search.pass_on("GET", f"/photos/{photo_id}", OWN)


@router.delete("/api/photos/{photo_id}", status_code=204, responses=NONE)
async def delete_photo(door: OpenDoor, photo_id: PhotoId) -> Response:
    """Out of every answer at once; its bytes are gone within a minute. Twice is no error."""
    answer = await _changing(door, photo_id, "DELETE", f"/photos/{photo_id}")
    if door.accounts and answer.status_code == 204:
        noted = Noted(what="photo deleted", by=acting(), more={"photo": str(photo_id)})
        await door.accounts.ask("POST", "/who:note", noted)
    return answer


@router.post("/api/photos/{photo_id}/retry", status_code=202, responses=NONE)
async def retry_photo(door: OpenDoor, photo_id: PhotoId) -> Response:
    """Look at a photo anew."""
    return await _changing(door, photo_id, "POST", f"/photos/{photo_id}:retry", again=False)


@router.patch("/api/photos/{photo_id}/tags", response_model=PhotoDetail, responses=NONE)
async def edit_tags(door: OpenDoor, photo_id: PhotoId, edit: TagEdit) -> Response:
    """What you say of a photo wins over every model, for ever."""
    content = edit.model_dump_json().encode()
    return await _changing(door, photo_id, "PATCH", f"/photos/{photo_id}/tags", content=content)


async def _changing(
    door: OpenDoor, photo_id: UUID, method: str, path: str, **more: Any
) -> Response:
    try:
        return await door.search.pass_on(method, path, OWN, **more)
    finally:
        door.states.drop(photo_id)


def _given(**fields: Any) -> dict[str, Any]:
    return {**OWN, **{name: value for name, value in fields.items() if value is not None}}
