"""What services tell each other of a photo's life: that it is reserved, kept, changed, gone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.common.api import ONE_LINE, Exif, Reason, Swatch
from services.common.events import Stage, Status


class Reservation(BaseModel):
    """What the gateway knows of a photo before its bytes are stored."""

    model_config = ConfigDict(frozen=True)

    photo_id: UUID
    owner: Annotated[str, Field(min_length=1, max_length=100, pattern=ONE_LINE)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    filename: Annotated[str, Field(max_length=255, pattern=ONE_LINE)]
    content_type: Annotated[str, Field(max_length=100, pattern=ONE_LINE)]
    bytes: Annotated[int, Field(ge=1, lt=2**40)]
    width: Annotated[int, Field(ge=1, le=100_000)]
    height: Annotated[int, Field(ge=1, le=100_000)]
    thumbhash: Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9+/=]*$")]
    palette: Annotated[list[Swatch], Field(max_length=20)]
    exif: Exif
    uploaded_at: datetime | None = Field(default=None, description="only when rebuilt from blobs")
    local_only: bool = Field(default=False, description="nothing of it may leave the house")
    together: Annotated[int, Field(ge=0, le=10**9)] = Field(
        default=0, description="how many photos come with it"
    )
    traceparent: Annotated[str, Field(max_length=55)] = ""


class Reserved(BaseModel):
    """``duplicate``: the photo is already kept, there is nothing to send.

    ``patient``: so many come together that it may wait for half the price.
    """

    photo_id: UUID
    generation: int
    blob_prefix: str
    status: Status
    duplicate: bool
    patient: bool = False


class PhotoState(BaseModel):
    """What a worker asks before it pays, and the gateway before it serves bytes."""

    status: Status
    generation: int
    blob_generation: int
    blob_prefix: str
    filename: str
    content_type: str
    sha256: str

    @property
    def gone(self) -> bool:
        return self.status in ("deleting", "deleted")


class Change(BaseModel):
    """One photo's latest change, as open pages are told of it."""

    seq: int
    id: str
    owner: str
    status: Status
    stage: Stage
    generation: int
    reason: Reason | None = None


class Changes(BaseModel):
    """``complete`` is False when more was missed than it is worth telling."""

    changes: list[Change]
    complete: bool
