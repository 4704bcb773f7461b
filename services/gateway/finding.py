"""/api: photos like a photo, saved searches, files of keywords, photos that look the same."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from services.common.api import Chip, SearchAnswer
from services.common.finding import (
    Dropped,
    Imported,
    Keep,
    NewSavedSearch,
    SavedSearch,
    SavedSearches,
    TwinPage,
    Way,
)
from services.common.problems import Problem
from services.gateway.answers import ProblemDetails
from services.gateway.door import OpenDoor
from services.gateway.look import Seen
from services.gateway.photos import AWAY, NONE
from services.gateway.uploads import BYTES, body_of
from services.gateway.who.acting import OWN
from services.gateway.words import Limit, PhotoId, Words

router = APIRouter(tags=["search"])

PHOTO: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"image/*": BYTES}},
}
REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails, "description": description}
    for status, description in {
        413: "Too large.",
        415: "Not a photo.",
        422: "A photo that cannot be read, or that is too much to read.",
    }.items()
}

#: Bytes of one import; ten thousand sidecars, packed.
LARGEST_IMPORT = 20_000_000
Filename = Annotated[str, Query(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
Strictness = Annotated[int, Query(ge=0, le=100, description="0 shows all, 100 sure ones only")]


@dataclass(frozen=True)
class Alike:
    """What photos are like a photo in, and how much of them is shown."""

    by: Way = "meaning"
    q: Words = ""
    limit: Limit = 50
    strictness: Strictness = 50
    weaker: bool = False

    def fields(self) -> dict[str, Any]:
        return {**OWN, **asdict(self)}


Likeness = Annotated[Alike, Depends()]


@router.get("/api/search/chips", response_model=list[Chip], responses=AWAY)
async def understand(door: OpenDoor, q: Words = "") -> Response:
    """What is understood of a query while it is typed; nothing is searched."""
    return await door.search.pass_on("GET", "/search/chips", {**OWN, "q": q})


@router.get("/api/photos/{photo_id}/similar", response_model=SearchAnswer, responses=NONE)
async def similar(door: OpenDoor, photo_id: PhotoId, alike: Likeness) -> Response:
    """Photos like this one; `q` says what should differ: `night -people`."""
    return await door.search.pass_on("GET", f"/photos/{photo_id}/similar", alike.fields())


@router.post(
    "/api/search/by-photo",
    response_model=SearchAnswer,
    responses={**AWAY, **REFUSED},
    openapi_extra=PHOTO,
)
async def by_photo(request: Request, door: OpenDoor, alike: Likeness) -> Response:
    """Photos like one that you send (`image/*`); it is looked at here and kept nowhere."""
    pixels = await door.reception.look_at(body_of(request))
    # Colours are in the pixels; for all else somebody must look.
    seen = Seen(tags=()) if alike.by == "colour" else await door.look(pixels.display)
    dropped = Dropped(
        width=pixels.width,
        height=pixels.height,
        palette=list(pixels.palette),
        tags=seen.tags,
        caption=seen.caption[:300],
        feeling=seen.feeling,
    )
    content = _body(dropped)
    return await door.search.pass_on("POST", "/search/by-photo", alike.fields(), content=content)


@router.get("/api/search/export", responses=AWAY)
async def export(
    door: OpenDoor,
    q: Words,
    format: Literal["csv", "json", "xmp"] = "json",
    strictness: Strictness = 50,
) -> Response:
    """Everything that matches, as a table, as JSON or as a zip of XMP sidecars."""
    fields = {**OWN, "q": q, "format": format, "strictness": strictness}
    answer = await door.search.pass_on("GET", "/search/export", fields)
    if answer.status_code == 200:
        name = f"imgcap.{'zip' if format == 'xmp' else format}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@router.post("/api/keywords", response_model=Imported, responses=AWAY)
async def import_keywords(door: OpenDoor, request: Request, filename: Filename = "") -> Response:
    """Keywords of sidecars (one, or a zip of many), JSON or CSV. Adds tags, takes none away."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST_IMPORT:
            raise Problem(413, "too-large", f"at most {LARGEST_IMPORT} bytes")
    fields = {**OWN, "filename": filename}
    return await door.search.pass_on("POST", "/keywords", fields, content=bytes(content))


@router.get("/api/searches", response_model=SavedSearches, responses=AWAY)
async def saved_searches(door: OpenDoor, count: bool = False) -> Response:
    """Saved searches; `count`: with how many photos match now, and how many of them are new."""
    return await door.search.pass_on("GET", "/searches", {**OWN, "count": count})


@router.post("/api/searches", response_model=SavedSearch, status_code=201, responses=AWAY)
async def save_search(door: OpenDoor, wanted: NewSavedSearch) -> Response:
    """Keep a question under a name; the same name again is a new question."""
    return await door.search.pass_on("POST", "/searches", OWN, content=_body(wanted))


@router.get("/api/searches/{saved_id}", response_model=SavedSearch, responses=AWAY)
async def saved_search(door: OpenDoor, saved_id: PhotoId) -> Response:
    """One saved search, counted."""
    return await door.search.pass_on("GET", f"/searches/{saved_id}", OWN)


@router.post("/api/searches/{saved_id}/look", status_code=204, responses=AWAY)
async def look_at_search(door: OpenDoor, saved_id: PhotoId) -> Response:
    """What matches now is no longer new."""
    return await door.search.pass_on("POST", f"/searches/{saved_id}:look", OWN)


@router.delete("/api/searches/{saved_id}", status_code=204, responses=AWAY)
async def forget_search(door: OpenDoor, saved_id: PhotoId) -> Response:
    """A question that is not worth keeping any more."""
    return await door.search.pass_on("DELETE", f"/searches/{saved_id}", OWN)


@router.get("/api/duplicates", response_model=TwinPage, responses=AWAY)
async def duplicates(door: OpenDoor, limit: Limit = 50) -> Response:
    """Photos that look the same, in groups, the best of each first."""
    return await door.search.pass_on("GET", "/duplicates", {**OWN, "limit": limit})


@router.post("/api/duplicates/keep", status_code=204, responses=NONE)
async def keep_one(door: OpenDoor, wanted: Keep) -> Response:
    """Keep one of a group, delete the others named."""
    return await door.search.pass_on("POST", "/duplicates:keep", OWN, content=_body(wanted))


def _body(wanted: Any) -> bytes:
    return bytes(wanted.model_dump_json().encode())
