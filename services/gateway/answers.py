"""What the gateway itself says of an upload; everything else are search's words."""

from pydantic import BaseModel, Field

from services.common.events import Status


class Accepted(BaseModel):
    """A photo that is safe with us."""

    filename: str
    id: str
    status: Status
    duplicate: bool = Field(description="the same bytes were here before")
    url: str


class Refused(BaseModel):
    """A photo that is not, and why."""

    filename: str
    code: str
    message: str


class Uploaded(BaseModel):
    photos: list[Accepted]
    errors: list[Refused] = []


class ProblemDetails(BaseModel):
    """RFC 9457, with a ``code`` that programs may rely on."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    position: int | None = Field(
        default=None, description="of a query that cannot be read, the character"
    )
