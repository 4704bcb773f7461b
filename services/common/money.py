"""The API's words for money: what left the house, budgets, quotes, how providers are."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from services.common.vectors import Vector


class Sent(BaseModel):
    """What of a photo left the house: when, to whom, how much, and what that cost."""

    at: datetime
    provider: str
    model: str
    prompt: str = ""
    purpose: str
    width: int = 0
    height: int = 0
    bytes: int = 0
    words: int = 0
    outcome: str = ""
    cost: Decimal = Decimal(0)


class ProviderHealth(BaseModel):
    """``state``: well, down (time heals it) or paused (a person must do what ``text`` says)."""

    name: str
    state: str
    code: str = ""
    text: str = ""
    model: str = ""
    ends: date | None = Field(default=None, description="the model is shut down then")
    since: datetime


class Budget(BaseModel):
    """Dollars of this day or month (UTC), reservations included."""

    unit: str
    spent: Decimal
    cap: Decimal
    until: datetime


class Batches(BaseModel):
    """Photos that wait for a provider's answer at half the price."""

    waiting: int = Field(description="photos that will be sent with others")
    sent: int = Field(description="photos whose answer is awaited")
    done: int = Field(description="of those, answers that the provider has by now")
    batches: int = Field(description="batches on their way")
    until: datetime | None = Field(default=None, description="the last answer should be there then")


class QuoteLine(BaseModel):
    """``measured``: what it has really cost lately; else by the price table."""

    what: str
    provider: str
    model: str
    each: Decimal
    total: Decimal
    measured: bool = False


class Quote(BaseModel):
    """What so many photos would cost with the providers that are set."""

    photos: int
    total: Decimal
    lines: list[QuoteLine]
    prices_of: date
    fits: bool = Field(description="within what is left of the caps")
    text: str


class SpendDay(BaseModel):
    day: str
    provider: str
    model: str
    calls: int
    answered: int
    bytes: int
    cost: Decimal


class Spend(BaseModel):
    days: list[SpendDay]
    budgets: list[Budget]


class WantedVectors(BaseModel):
    """Which of these words has the gallery placed already?"""

    model: Annotated[str, Field(min_length=1, max_length=100)]
    dimensions: Annotated[int, Field(ge=1, le=4000)]
    texts: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=400)]


class KnownVectors(BaseModel):
    vectors: dict[str, Vector]


class EmbeddingModel(BaseModel):
    """A model that vectors are kept of; one of them answers queries."""

    name: str
    dimensions: int
    active: bool
    activated_at: datetime | None = None
    photos: int


class EmbeddingModels(BaseModel):
    models: list[EmbeddingModel]


class Rebuilding(BaseModel):
    """What a model has still to place before it can answer."""

    model: str
    dimensions: int
    photos: int
    words: int
