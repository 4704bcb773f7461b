"""POST /api/photos"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.common.problems import Problem
from services.gateway.answers import ProblemDetails, Uploaded
from services.gateway.door import Door, OpenDoor
from services.gateway.guard import BodyTooLarge
from services.gateway.reception import Outcome
from services.gateway.spool import too_large
from services.gateway.wishes import Wishes, wishing

router = APIRouter(tags=["photos"])

BYTES = {"schema": {"type": "string", "format": "binary"}}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "image/*": BYTES,
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "array", "maxItems": 10_000, "items": BYTES["schema"]}
                    },
                }
            },
        },
    }
}
Together = Annotated[
    int,
    Query(
        ge=0,
        le=10**9,
        description="how many photos are sent in all; of many, each may wait for half the price",
    ),
]
EXAMPLE = {
    "photos": [
        {
            "filename": "cat.jpg",
            "id": "7c0e2f5a-6f0b-5d3c-9a44-5f2b6d1f8a10",
            "status": "queued",
            "duplicate": False,
            "url": "/api/photos/7c0e2f5a-6f0b-5d3c-9a44-5f2b6d1f8a10",
        }
    ],
    "errors": [
        {
            "filename": "notes.txt",
            "code": "unsupported-type",
            "message": "This is not a JPEG, PNG, WebP, GIF, AVIF, HEIC or TIFF photo.",
        }
    ],
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": Uploaded, "description": "All of them were here before."},
    202: {"content": {"application/json": {"example": EXAMPLE}}},
    **{
        status: {"model": ProblemDetails, "description": description}
        for status, description in {
            400: "Not a form, or a form without photos.",
            409: "The photo was deleted while it was on its way; send it again.",
            413: "Too large.",
            415: "Not a photo.",
            422: "A photo that cannot be read, or that is too much to read.",
            503: "Try again in a moment.",
        }.items()
    },
}


@router.post(
    "/api/photos",
    status_code=202,
    response_model=Uploaded,
    responses=RESPONSES,
    openapi_extra=BODY,
)
async def upload_photos(
    request: Request,
    door: OpenDoor,
    filename: Annotated[str, Query(max_length=4096, description="of a photo sent raw")] = "",
    local_only: Annotated[bool, Query(description="no cloud provider may see these")] = False,
    together: Together = 0,
) -> Response:
    """Take photos in: one as the raw body (`image/*`), or several as `file` parts of a form.

    The same bytes are the same photo: sending a photo twice changes nothing, and after a lost
    answer that is the thing to do.
    """
    with wishing(Wishes(local_only, together)):
        outcome = await _received(request, door, filename)
    status, answer = outcome.answer()
    return Response(answer.model_dump_json(), status, media_type="application/json")


async def _received(request: Request, door: Door, filename: str) -> Outcome:
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported-encoding", "send photos as they are, not compressed")
    if media_type == "multipart/form-data":
        return await door.reception.take_form(content_type, body_of(request))
    if media_type.startswith("image/") or media_type == "application/octet-stream":
        most = door.settings.upload.max_bytes
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            return door.reception.refuse(filename, too_large(most))
        return await door.reception.take_photo(body_of(request), filename)
    raise Problem(
        415, "unsupported-type", "send a photo as image/… or photos as multipart/form-data"
    )


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """Raises ``Problem`` for more than a request may bring."""
    try:
        async for portion in request.stream():
            if portion:
                yield portion
    except BodyTooLarge as error:
        raise error.problem() from error
