"""The words of the HTTP API: what search writes, the gateway passes on.

Search serialises an answer once; the gateway sends those bytes on and names the model for OpenAPI.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.common.events import Guess, Kind, Stage, Status, Word
from services.common.money import Batches, Budget, ProviderHealth, Sent

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Share = Annotated[float, Field(ge=0, le=1)]


class Swatch(BaseModel):
    """One colour of a photo: sRGB as ``#rrggbb``, CIE L*a*b* (D65), share of the pixels 0..1."""

    model_config = ConfigDict(frozen=True)

    hex: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    amount: Share
    lab: tuple[float, float, float]


class Exif(BaseModel):
    """What the camera wrote, cleaned; absent where it wrote nothing that makes sense."""

    model_config = ConfigDict(frozen=True)

    camera_make: Annotated[str, Field(max_length=100)] | None = None
    camera_model: Annotated[str, Field(max_length=100)] | None = None
    lens: Annotated[str, Field(max_length=150)] | None = None
    exposure_seconds: Annotated[float, Field(gt=0, le=1e6)] | None = None
    f_number: Annotated[float, Field(gt=0, le=1000)] | None = None
    iso: Annotated[int, Field(gt=0, le=10_000_000)] | None = None
    focal_length_mm: Annotated[float, Field(gt=0, le=100_000)] | None = None
    taken_at: datetime | None = Field(default=None, description="the camera's local time")
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class Reason(BaseModel):
    """Why a photo is not ready, and when it is tried again."""

    code: str
    text: str
    next_try: datetime | None = None


class Photo(BaseModel):
    """A photo as the grid shows it."""

    id: str
    status: Status
    stage: Stage
    generation: int
    filename: str
    width: int
    height: int
    taken_at: datetime | None = Field(default=None, description="the camera's local time")
    uploaded_at: datetime
    thumbhash: str = Field(description="base64; see evanw/thumbhash")
    palette: list[Swatch] = []
    caption: str = ""
    reason: Reason | None = None
    original: str
    display: str
    thumb: str


class PhotoTag(BaseModel):
    """A tag of a photo: who says so, how surely (0..1), and the geometry that shows why."""

    kind: Kind
    text: str
    confidence: Share
    source: str
    model: str = ""
    evidence: dict[str, Any] | None = None


class PhotoDetail(Photo):
    """Everything known of a photo."""

    content_type: str
    bytes: int
    sha256: str
    exif: Exif = Exif()
    tags: list[PhotoTag] = []
    guesses: list[Guess] = Field(
        default=[],
        description="no tags: likeliest first, until a person adds or removes them; not for guests",
    )
    tagger: str = ""
    embedder: str = ""
    cost: Decimal = Field(default=Decimal(0), description="US dollars paid for this photo")
    attempts: int = 0
    local_only: bool = Field(default=False, description="nothing of it may leave the house")
    sent: list[Sent] = Field(default=[], description="what of it has left the house")


class PhotoPage(BaseModel):
    photos: list[Photo]
    cursor: str | None = Field(default=None, description="pass it on to get the next page")
    total: int


class Why(BaseModel):
    """One reason for a hit. The shares of a hit's reasons sum to 1."""

    tag: str
    kind: str
    source: str
    confidence: Share
    guess: bool = Field(
        default=False,
        description="no tag of the photo: too doubtful to be told, `confidence` is how likely",
    )
    likeness: Share = Field(description="cosine of the query's word and the tag, 0..1")
    share: Share
    points: Share = Field(default=0.0, description="what it adds to the photo's likeness")
    term: str = Field(default="", description="the query's words that it answers")


class Hit(Photo):
    """A photo that matches, and why."""

    likeness: Share = Field(description="how well the photo matches, 0..1")
    why: list[Why]


class Count(BaseModel):
    text: str
    count: int


class Chip(BaseModel):
    """One understood part of a query: ``q[start:end]``, and the same said with a field."""

    start: int
    end: int
    text: str
    kind: str
    meaning: str
    query: str
    confidence: Share
    negated: bool = False


class SearchAnswer(BaseModel):
    query: str
    photos: list[Hit]
    facets: dict[str, list[Count]] = Field(description="tags of the matches, by kind")
    cursor: str | None = None
    total: int = Field(description="photos that match; at least so many unless ``complete``")
    complete: bool = True
    weaker: int = Field(default=0, description="photos below the cut, shown with weaker=true")
    strictness: int = Field(default=50, description="0 shows everything, 100 only sure matches")
    chips: list[Chip] = []
    did_you_mean: str | None = None
    meaning: bool = Field(default=True, description="false: the embedder is away, words only")


class TagCount(Count):
    kind: Kind
    by: Literal["prefix", "typo", "meaning"] = "prefix"


class TagPage(BaseModel):
    tags: list[TagCount]


class TagName(BaseModel):
    kind: Kind
    text: Word


class TagEdit(BaseModel):
    """What a person says of a photo wins over every model, for ever."""

    add: Annotated[list[TagName], Field(max_length=50)] = []
    remove: Annotated[list[TagName], Field(max_length=50)] = []


class QueueDepth(BaseModel):
    ready: int
    consumers: int


class Failure(BaseModel):
    """Why photos failed: one code, what it says of one of them, and of how many it is true."""

    code: str
    text: str
    photos: int


class GalleryStatus(BaseModel):
    """How the gallery is: photos by status, work that waits, and for how long."""

    version: str
    photos: dict[Status, int]
    queues: dict[str, QueueDepth] | None = Field(description="null while the broker is away")
    oldest_unfinished_seconds: float | None = None
    per_minute: float = Field(default=0.0, description="photos finished, over the last minutes")
    backlog_seconds: float | None = Field(
        default=None, description="until all that waits is finished, at that pace"
    )
    failures: list[Failure] = Field(default=[], description="of failed photos, most frequent first")
    versions: dict[str, str] = {}
    tags: int
    spent: Decimal = Field(default=Decimal(0), description="US dollars")
    services: dict[str, bool] = {}
    providers: list[ProviderHealth] = []
    budgets: list[Budget] = []
    batches: Batches | None = Field(default=None, description="photos that wait for half the price")
    warnings: list[str] = Field(default=[], description="what an operator should do, in sentences")


class House(BaseModel):
    """All galleries together, for whoever keeps imgcap."""

    photos: dict[Status, int]
    queues: dict[str, QueueDepth] | None = Field(description="null while the broker is away")
    oldest_unfinished_seconds: float
    failures: list[Failure]
    versions: dict[str, str]
    providers: list[ProviderHealth]
    budgets: list[Budget]
    warnings: list[str]


class Retried(BaseModel):
    retried: int


class Retagged(Retried):
    """``left``: more than fits into one request; ask again with ``before`` and ``together``."""

    left: int
    before: datetime
    together: int = Field(description="photos that are looked at anew in all")
