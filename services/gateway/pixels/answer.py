"""What a child says of a photo, believed only after it was checked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.common.api import Exif, Swatch
from services.gateway.pixels.cost import Cost
from services.gateway.pixels.frames import Nonsense
from services.gateway.pixels.limits import MAX_SIDE
from services.gateway.pixels.refusal import SENTENCES, Refusal

Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
MAX_THUMBHASH = 32


@dataclass(frozen=True)
class Pixels:
    """All that the gallery keeps of a photo besides the file itself."""

    width: int
    height: int
    content_type: str
    display: bytes
    thumb: bytes
    thumbhash: bytes
    palette: tuple[Swatch, ...]
    exif: Exif
    taken_at: datetime | None
    cost: Cost


class Seen(BaseModel):
    """The header of an answer."""

    model_config = ConfigDict(extra="forbid")

    width: Side
    height: Side
    exif: Exif
    palette: Annotated[tuple[Swatch, ...], Field(min_length=1, max_length=8)]


def cost_of(header: dict[str, Any]) -> Cost:
    """Takes the cost out of the header."""
    try:
        return Cost(float(header.pop("cpu_seconds")), int(header.pop("peak_bytes")))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Nonsense("no cost") from error


def pixels_of(header: dict[str, Any], parts: list[bytes], content_type: str) -> Pixels:
    """Raises ``Refusal`` when that is the answer, ``Nonsense`` when there is none."""
    cost = cost_of(header)
    if "refused" in header:
        raise _refusal(header, cost)
    try:
        seen = Seen.model_validate(header)
    except ValidationError as error:
        raise Nonsense("not a photo") from error
    if len(parts) != 3:
        raise Nonsense("not three parts")
    display, thumb, thumbhash = parts
    if not (display[:3] == b"\xff\xd8\xff" and thumb[:4] == b"RIFF" and thumb[8:12] == b"WEBP"):
        raise Nonsense("not a JPEG and a WebP")
    if not 5 <= len(thumbhash) <= MAX_THUMBHASH:
        raise Nonsense("not a thumbhash")
    return Pixels(
        width=seen.width,
        height=seen.height,
        content_type=content_type,
        display=display,
        thumb=thumb,
        thumbhash=thumbhash,
        palette=seen.palette,
        exif=seen.exif,
        taken_at=seen.exif.taken_at,
        cost=cost,
    )


def _refusal(header: dict[str, Any], cost: Cost) -> Refusal:
    code, message = header["refused"], header.get("message")
    if not (isinstance(code, str) and code in SENTENCES and isinstance(message, str)):
        raise Nonsense("an unknown refusal")
    refusal = Refusal(code, message[:200])
    refusal.cost = cost
    return refusal
