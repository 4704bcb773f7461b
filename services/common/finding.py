"""The words of the API for what goes beyond one search: saved ones, likeness, duplicates."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.common.api import ONE_LINE, Photo, Swatch
from services.common.events import Feeling, Tag

Way = Literal["meaning", "composition", "mood", "colour"]
Query = Annotated[str, Field(max_length=256, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=ONE_LINE)]


class NewSavedSearch(BaseModel):
    name: Name
    query: Query
    strictness: Annotated[int, Field(ge=0, le=100)] = 50


class SavedSearch(NewSavedSearch):
    """A question worth keeping. ``link`` opens it in the page of whoever may see the photos."""

    id: UUID
    link: str
    created_at: datetime
    looked_at: datetime
    total: int | None = Field(default=None, description="photos that match now")
    new: int | None = Field(default=None, description="of these, came since the last look")


class SavedSearches(BaseModel):
    searches: list[SavedSearch]


class Dropped(BaseModel):
    """What was seen in a photo that is not kept: enough to find photos like it."""

    model_config = ConfigDict(frozen=True)

    width: Annotated[int, Field(ge=1, le=100_000)]
    height: Annotated[int, Field(ge=1, le=100_000)]
    palette: Annotated[list[Swatch], Field(max_length=20)] = []
    tags: Annotated[tuple[Tag, ...], Field(max_length=400)] = ()
    caption: Annotated[str, Field(max_length=300)] = ""
    feeling: Feeling | None = None


class Twins(BaseModel):
    """Photos that look the same, the best first: ``why`` says what makes it the best."""

    photos: list[Photo]
    best: str
    why: str


class TwinPage(BaseModel):
    groups: list[Twins]
    total: int


class Keep(BaseModel):
    """Of some photos that look the same, keep one."""

    keep: UUID
    remove: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class Imported(BaseModel):
    """What an import of keywords did: photos found, tags added, and names that fit no photo."""

    photos: int
    tags: int
    unknown: list[str] = []
    refused: list[dict[str, Any]] = []
