"""The events that cross service borders.

A class and its name on the wire are one: ``PhotoUploaded`` travels as ``photo.uploaded``.
Fields may be added, never removed or given a new meaning; that takes a new event.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.common.errors import Refuse
from services.common.vectors import Vector

LARGEST = 2**20  # bytes on the wire; a photo of 100 tags with vectors is about 100 kB

Kind = Literal["label", "mood", "composition", "user"]
Stage = Literal["uploaded", "tagged", "embedded", "searchable"]
Status = Literal["receiving", "queued", "ready", "partial", "failed", "deleting", "deleted"]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Event(BaseModel):
    """Something that happened to a photo."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ClassVar[str]
    registry: ClassVar[dict[str, type["Event"]]] = {}

    photo_id: UUID
    owner: Annotated[str, Field(min_length=1, max_length=100)]
    generation: Annotated[int, Field(ge=1, lt=2**31)]
    event_id: UUID = Field(default_factory=uuid4)
    occurred_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    traceparent: Annotated[str, Field(max_length=55)] = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        cls.name = re.sub(r"(?<=[a-z])(?=[A-Z])", ".", cls.__name__).lower()
        Event.registry[cls.name] = cls

    @classmethod
    def from_wire(cls, name: str, body: bytes) -> "Event":
        """Raises ``Refuse`` for an unknown name, or a body too large or of another shape."""
        if len(body) > LARGEST:
            raise Refuse(f"{name!r} has {len(body)} bytes", code="unreadable-event")
        try:
            return cls.registry[name].model_validate_json(body)
        except KeyError as error:
            raise Refuse(f"unknown event {name!r}", code="unreadable-event") from error
        except ValidationError as error:
            raise Refuse(f"cannot read {name!r}: {error}", code="unreadable-event") from error

    def to_wire(self) -> bytes:
        return self.model_dump_json().encode()

    def follow(self, **fields: Any) -> dict[str, Any]:
        """What an event that follows from this one shares with it, and its own ``fields``."""
        return {
            "photo_id": self.photo_id,
            "owner": self.owner,
            "generation": self.generation,
            "traceparent": self.traceparent,
            **fields,
        }


class PhotoFacts(BaseModel):
    """What the gateway knows of a photo that its display copy no longer tells.

    ``taken_at`` is the camera's local time, ``width`` and ``height`` are upright pixels.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    taken_at: datetime | None = None
    exposure_seconds: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None


class PhotoUploaded(Event):
    """``blob_key`` is the original's; its neighbours are found by ``blobs.Keys.beside``.

    ``patient``: one of many that came together, which may wait a day for half the price.
    """

    blob_key: Annotated[str, Field(max_length=300)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    content_type: Annotated[str, Field(max_length=100)]
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    facts: PhotoFacts | None = None
    local_only: bool = False
    patient: bool = False


class Tag(BaseModel):
    """A word for a photo, with how sure its source is (0..1) and the geometry that shows why."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Kind
    text: Word
    confidence: Annotated[float, Field(ge=0, le=1)]
    source: Annotated[str, Field(max_length=50)] = "local"
    model: Annotated[str, Field(max_length=100)] = ""
    evidence: Annotated[dict[str, Any] | None, Field(max_length=50)] = None


class Guess(BaseModel):
    """A word that is too doubtful to be told of a photo, and how likely it is (0..1)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Kind
    text: Word
    confidence: Annotated[float, Field(ge=0, le=1)]


Guesses = Annotated[tuple[Guess, ...], Field(max_length=50)]


class Feeling(BaseModel):
    """A place on the circle of moods: sad to happy, calm to lively."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    valence: Annotated[float, Field(ge=-1, le=1)]
    energy: Annotated[float, Field(ge=-1, le=1)]


class Sighting(BaseModel):
    """What one provider says of one photo, and what the answer cost in US dollars.

    ``feeling`` is where the photo as a whole lies, whatever mood is said of it or not. ``guesses``
    are no tags of it: they help to find it where nothing surer is found.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    tags: Annotated[tuple[Tag, ...], Field(max_length=200)] = ()
    guesses: Guesses = ()
    caption: Annotated[str, Field(max_length=300)] = ""
    cost: Decimal = Decimal(0)
    feeling: Feeling | None = None


class PhotoTagged(Event):
    """``missing`` names the providers that could not answer; the photo is partial then.

    ``missing_code`` and ``missing_text`` say why, where there is more to say than that.
    ``again_at`` is when they are worth asking again. ``local_only``: nothing leaves the house.
    """

    blob_key: Annotated[str, Field(max_length=300)]
    tags: Annotated[tuple[Tag, ...], Field(max_length=400)]
    caption: Annotated[str, Field(max_length=300)] = ""
    tagger: Annotated[str, Field(max_length=200)]
    cost: Decimal = Decimal(0)
    missing: tuple[str, ...] = ()
    missing_code: Annotated[str, Field(max_length=100)] = ""
    missing_text: Annotated[str, Field(max_length=500)] = ""
    again_at: datetime | None = None
    local_only: bool = False
    feeling: Feeling | None = None
    guesses: Guesses = ()

    @property
    def words(self) -> list[Tag | Guess]:
        """All that search must be able to place."""
        return [*self.tags, *self.guesses]


class TagVector(BaseModel):
    """Where one tag's words lie in the space of meaning."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Kind
    text: Word
    vector: Vector


class PhotoEmbedded(PhotoTagged):
    """All of photo.tagged again, with the vectors of its tags and guesses, and of the photo as a
    whole."""

    model: Annotated[str, Field(min_length=1, max_length=100)]
    dimensions: Annotated[int, Field(ge=1, le=4000)]
    photo_vector: Vector
    tag_vectors: Annotated[tuple[TagVector, ...], Field(max_length=450)]

    @classmethod
    def after(cls, tagged: PhotoTagged, **fields: Any) -> Self:
        kept = tagged.model_dump(exclude={"event_id", "occurred_at"})
        return cls.model_validate({**kept, **fields})


class PhotoFailed(Event):
    """``heals``: time may mend it. ``counts``: this try counts as one of the photo's attempts."""

    stage: Literal["tagging", "embedding"]
    code: Annotated[str, Field(max_length=100)]
    text: Annotated[str, Field(max_length=500)]
    heals: bool
    counts: bool = True
    next_at: datetime | None = None


class PhotoChanged(Event):
    """What open pages are told. ``seq`` grows with every change of any photo."""

    seq: int
    status: Status
    stage: Stage
    code: str = ""
    text: str = ""
    next_at: datetime | None = None


def strongest_of_each(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """Two providers may see the same thing; keep the surer of the two, surest first."""
    ascending = sorted(tags, key=lambda tag: tag.confidence)
    surest = {(tag.kind, tag.text): tag for tag in ascending}.values()
    return tuple(sorted(surest, key=lambda tag: -tag.confidence))
