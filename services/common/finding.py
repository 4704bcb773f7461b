"""The words of the API for what goes beyond one search: saved ones, likeness, duplicates."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.common.api import ONE_LINE, Photo, Swatch
from services.common.events import Feeling, Tag

Way = Literal["meaning", "composition", "mood", "colour"]


def composed(words: str) -> str:
    """As a query of an address comes to the search: NFC, without blanks around it."""
    return unicodedata.normalize("NFC", words).strip()


Query = Annotated[str, AfterValidator(composed), Field(max_length=256, pattern=ONE_LINE)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE)
]


class NewSavedSearch(BaseModel):
    name: Name
    query: Query
    strictness: Annotated[int, Field(ge=0, le=100)] = 50


class SavedSearch(BaseModel):
    """A question worth keeping. ``link`` opens it in the page of whoever may see the photos."""

    name: str
    query: str
    strictness: int
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
    """What an import of keywords did: photos found, tags added, names that fit no photo, and files
    (or words, where they are too long) that were left out, each with why."""

    photos: int
    tags: int
    unknown: list[str] = []
    refused: list[dict[str, Any]] = []
