"""The file of a batch: one line a photo, each a whole request, none of them saying whose it is."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import IO, Any, Final
from uuid import UUID

from services.common.cloud.batches import Packed, Waiting
from services.common.errors import Refuse
from services.tagger.outgoing import Outgoing

#: The API takes 200 MB; where /tmp is memory, that is much. Some 400 photos go into this.
MOST_BYTES = 64_000_000
#: Where the requests go, and the one window that there is.
ENDPOINT: Final = "/v1/responses"


@dataclass
class Pack:
    """``left_out``: nobody wants them any more, or there is no photo to send."""

    photos: list[Packed] = field(default_factory=list)
    left_out: list[UUID] = field(default_factory=list)


def pack(
    file: IO[bytes],
    photos: Iterable[Waiting],
    copy_of: Callable[[Waiting], Outgoing],
    request: Callable[[Outgoing], dict[str, Any]],
    most: int = MOST_BYTES,
) -> Pack:
    """Whoever finds no room is in neither list. ``copy_of`` raises ``Refuse`` for no photo."""
    packed = Pack()
    for photo in photos:
        try:
            copy = copy_of(photo) if photo.wanted else None
        except Refuse:
            copy = None
        if copy is None:
            packed.left_out.append(photo.call_id)
            continue
        line = line_of(photo.call_id, request(copy))
        if file.tell() + len(line) > most:
            break
        file.write(line)
        packed.photos.append(
            Packed(
                call_id=photo.call_id, width=copy.width, height=copy.height, bytes=len(copy.jpeg)
            )
        )
    return packed


def line_of(call_id: UUID, body: dict[str, Any]) -> bytes:
    line = {"custom_id": str(call_id), "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"
