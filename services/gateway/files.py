"""/api/photos/{id}/{original,display,thumb}: the bytes."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.common.blobs import Keys
from services.common.lifecycle import PhotoState
from services.common.problems import Problem
from services.gateway.door import Door, OpenDoor
from services.gateway.photos import NONE
from services.gateway.store import NoSuchBlob, Opened, OutOfRange
from services.gateway.who.acting import acting
from services.gateway.words import PhotoId

router = APIRouter(tags=["photos"])

Form = Literal["original", "display", "thumb"]

#: An address with ?v= names these very bytes; they may be kept as long as anybody likes.
FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
#: Opened on its own, a photo is shown and nothing else: it cannot run, load or send anything.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
RESPONSES: dict[int | str, dict[str, Any]] = {
    **NONE,
    200: {"content": {"image/*": {}}},
    206: {"description": "The part of an original that `Range` asked for."},
    304: {"description": "As you have it."},
    416: {"description": "The original ends before that."},
}


@router.head("/api/photos/{photo_id}/{form}", include_in_schema=False)
@router.get("/api/photos/{photo_id}/{form}", response_class=Response, responses=RESPONSES)
async def photo_bytes(
    request: Request,
    door: OpenDoor,
    photo_id: PhotoId,
    form: Form,
    v: Annotated[int | None, Query(ge=0, lt=2**31, description="makes it cacheable")] = None,
    if_none_match: Annotated[str, Header(max_length=1000)] = "",
    if_range: Annotated[str, Header(max_length=200)] = "",
    range_: Annotated[str, Header(alias="Range", max_length=200)] = "",
) -> Response:
    """The file as it was sent (`original`, with ranges), or a JPEG or WebP made of it."""
    del if_none_match, if_range, range_  # read by ``bytes_of``; here they are for OpenAPI
    if form == "original" and not acting().originals:
        raise Problem(403, "no-originals", "guests of this gallery do not get originals")
    return await bytes_of(request, door, photo_id, form, v=v)


async def bytes_of(
    request: Request,
    door: Door,
    photo_id: UUID,
    form: Form,
    *,
    v: int | None = None,
    named: bool = True,
) -> Response:
    """For whoever may have them. ``named``: under the name that the file came with."""
    state = await door.states.of(photo_id)
    if state is None:
        raise no_such_photo()
    if not named:
        state = state.model_copy(update={"filename": f"{photo_id}{_ending(state)}"})
    headers = _headers(state, form, exact=v == state.blob_generation)
    if _matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if form == "original" and door.signed:
        where = door.signed.url(
            Keys(state.blob_prefix).original, state.content_type, headers["Content-Disposition"]
        )
        return Response(status_code=307, headers={"Location": where, "Cache-Control": "no-store"})
    in_part = request.headers.get("if-range", "") in ("", headers["ETag"])
    wanted = request.headers.get("range", "") if form == "original" and in_part else ""
    try:
        return await _answer(door, state, form, headers, wanted, body=request.method == "GET")
    except NoSuchBlob as error:
        door.states.drop(photo_id)
        raise no_such_photo() from error


def _ending(state: PhotoState) -> str:
    return f".{state.content_type.rpartition('/')[2]}"


def no_such_photo() -> Problem:
    return Problem(404, "no-such-photo", "there is no such photo")


def _headers(state: PhotoState, form: Form, *, exact: bool) -> dict[str, str]:
    headers = {
        "ETag": f'"{state.sha256[:32]}-{state.blob_generation}-{form}"',
        "Cache-Control": FOR_EVER if exact and form != "original" else ASK_AGAIN,
        "Content-Security-Policy": SANDBOX,
    }
    if form == "original":
        headers |= {
            "Accept-Ranges": "bytes",
            "Content-Disposition": _attachment(state.filename),
        }
    return headers


def _attachment(filename: str) -> str:
    """RFC 6266: a plain name for old clients, the real one in RFC 5987's coding."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%;]', "_", filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _matches(asked: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    return etag in tags or "*" in tags


async def _answer(
    door: Door, state: PhotoState, form: Form, headers: dict[str, str], wanted: str, *, body: bool
) -> Response:
    key, media_type = _key_and_type(state, form)
    status, byte_range = 200, _byte_range(wanted)
    try:
        # One byte is enough to learn the length from.
        opened = await door.store.open(key, byte_range if body else "bytes=0-0")
    except OutOfRange:
        opened = await door.store.open(key, "bytes=0-0")
        opened.close()
        headers["Content-Range"] = f"bytes */{_whole_length(opened)}"
        problem = Problem(416, "out-of-range", "the photo ends before that", headers=headers)
        raise problem from None
    if not body:
        opened.close()
        headers["Content-Length"] = str(_whole_length(opened))
        return Response(headers=headers, media_type=media_type)
    if byte_range and opened.content_range:
        status, headers["Content-Range"] = 206, opened.content_range
    if opened.whole is not None:
        return Response(opened.whole, status, headers, media_type)
    headers["Content-Length"] = str(opened.length)
    return StreamingResponse(_portions(door, opened), status, headers, media_type)


async def _portions(door: Door, opened: Opened) -> AsyncIterator[bytes]:
    try:
        async for portion in door.store.portions(opened):
            yield portion
    finally:
        opened.close()


def _key_and_type(state: PhotoState, form: Form) -> tuple[str, str]:
    keys = Keys(state.blob_prefix)
    match form:
        case "original":
            return keys.original, state.content_type
        case "display":
            return keys.display, "image/jpeg"
        case "thumb":
            return keys.thumb, "image/webp"


def _byte_range(wanted: str) -> str | None:
    """One range, or none: several at once, and what is no range, are answered in full."""
    found = RANGE.fullmatch(wanted.replace(" ", ""))
    if not found or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if first and last and int(first) > int(last):
        return None
    return found[0]


def _whole_length(opened: Opened) -> int:
    return int(opened.content_range.rpartition("/")[2] or 0)
