"""/api/uploads: photos that a browser puts into the store itself, and that count once checked.

They lie in a quarantine that nothing serves. Whoever sent one says so, and then it goes the way of
every upload: read from there into the spool, sniffed, measured, decoded in a child, put under its
own name. What is put is what was checked, not what may lie in the quarantine by then.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from services.common.blobs import QUARANTINE
from services.common.presigned import PresignedPost
from services.common.problems import Problem
from services.common.settings import StoreSettings
from services.gateway.answers import ProblemDetails, Uploaded
from services.gateway.door import Door, OpenDoor
from services.gateway.photos import AWAY
from services.gateway.reception import Outcome
from services.gateway.spool import too_large
from services.gateway.store import NoSuchBlob
from services.gateway.uploads import RESPONSES, Together
from services.gateway.who.acting import gallery
from services.gateway.wishes import Wishes, wishing

router = APIRouter(tags=["photos"])

#: Answers after which the same bytes may be fetched again.
PASSING = {409, 429, 503}
UploadId = Annotated[UUID, Path()]


class DirectUpload(BaseModel):
    """A form to be posted to `url`: these fields, and then the bytes as `file`."""

    id: UUID
    url: str
    fields: dict[str, str]
    seconds: int = Field(description="until the form is no good any more")


@router.post(
    "/api/uploads",
    status_code=201,
    response_model=DirectUpload,
    responses={**AWAY, 404: {"model": ProblemDetails, "description": "Send them here."}},
)
async def begin_upload(door: OpenDoor) -> DirectUpload:
    """Where to send one photo, if not here. It counts when `POST /api/uploads/{id}` says so."""
    signed, upload_id = _signed(door), uuid4()
    form = signed.form(key_of(upload_id))
    return DirectUpload(id=upload_id, url=form.url, fields=form.fields, seconds=signed.seconds)


@router.post(
    "/api/uploads/{upload_id}", status_code=202, response_model=Uploaded, responses=RESPONSES
)
async def take_upload(
    door: OpenDoor,
    upload_id: UploadId,
    filename: Annotated[str, Query(max_length=4096, description="of the photo")] = "",
    local_only: Annotated[bool, Query(description="no cloud provider may see it")] = False,
    together: Together = 0,
) -> Response:
    """Take in a photo that was sent to the store. After a lost answer, ask again."""
    _signed(door)
    key = key_of(upload_id)
    with wishing(Wishes(local_only, together)):
        outcome = await _taken(door, key, filename)
    if not any(refusing.status in PASSING for refusing in outcome.refusing):
        with suppress(Problem):  # the sweeper empties the quarantine anyway
            await door.store.remove(key)
    status, answer = outcome.answer()
    return Response(answer.model_dump_json(), status, media_type="application/json")


async def _taken(door: Door, key: str, filename: str) -> Outcome:
    try:
        opened = await door.store.open(key)
    except NoSuchBlob as error:
        raise Problem(404, "no-such-upload", "no photo has come under this name") from error
    most = door.settings.upload.max_bytes
    try:
        if opened.length > most:  # a store that does not look at the form's bounds
            return door.reception.refuse(filename, too_large(most))
        whole = opened.whole
        body = _all_of(whole) if whole is not None else door.store.portions(opened)
        return await door.reception.take_photo(body, filename)
    finally:
        opened.close()


async def _all_of(content: bytes) -> AsyncIterator[bytes]:
    if content:
        yield content


def _signed(door: Door) -> PresignedPost:
    if door.direct is None:
        raise Problem(404, "not-direct", "photos are sent to /api/photos here")
    return door.direct


def key_of(upload_id: UUID) -> str:
    """Of whoever asks: nobody else's upload can be named."""
    return f"{QUARANTINE}/{sha256(gallery().encode()).hexdigest()[:16]}/{upload_id}"


def origin_of(settings: StoreSettings) -> str:
    """Whom the page may send photos to besides us; empty for nobody."""
    if not settings.direct:
        return ""
    where = urlsplit(PresignedPost(settings, most=1, seconds=60).form("any").url)
    return f"{where.scheme}://{where.netloc}"
