"""The ledger as a worker sees it: reserved before a call, settled after it, kept by search.

What is reserved counts against the budget of every worker at once. A worker that is killed
between the two leaves its reservation behind, which goes on counting: it may have been billed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID, uuid4

import structlog
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from services.common import tracing
from services.common.cloud.failing import BUDGET, BUDGET_LOCAL, ON_ITS_WAY
from services.common.errors import TryAgain
from services.common.events import Event
from services.common.line import Answer, Line, NoAnswer

log = structlog.get_logger(__name__)

PATIENCE = 2.0
#: What search says no with: the budget is spent, or the same answer is on its way already.
OVER, TWICE = 402, 409
REFUSING = {OVER, TWICE}

#: Whose photo a provider is asked about: the ledger's affair, not the provider protocol's.
_on_behalf_of: ContextVar[Event | None] = ContextVar("on_behalf_of", default=None)

Dollars = Annotated[Decimal, Field(ge=0, lt=10**6)]
Name = Annotated[str, Field(max_length=100)]
State = Literal["well", "down", "paused"]


@contextmanager
def on_behalf_of(event: Event) -> Iterator[None]:
    token = _on_behalf_of.set(event)
    try:
        yield
    finally:
        _on_behalf_of.reset(token)


def current_event() -> Event | None:
    return _on_behalf_of.get()


class Leaving(BaseModel):
    """What is about to leave the house, and what it may cost at the most."""

    model_config = ConfigDict(frozen=True)

    provider: Name
    model: Name
    purpose: Literal["vision", "vision-batch", "labels", "words", "query"]
    estimate: Dollars
    prompt: Name = ""
    width: Annotated[int, Field(ge=0, le=100_000)] = 0
    height: Annotated[int, Field(ge=0, le=100_000)] = 0
    bytes: Annotated[int, Field(ge=0, lt=2**40)] = 0
    words: Annotated[int, Field(ge=0, lt=2**31)] = 0
    #: Which answer it is for: nobody else asks for it while this call may be on its way.
    version: Name = ""
    seconds: Annotated[float, Field(ge=0, le=3600)] = 0


class BudgetReserve(Leaving):
    call_id: UUID
    photo_id: UUID | None = None
    owner: Annotated[str, Field(min_length=1, max_length=100)] = "local"


class BudgetSettle(BaseModel):
    """``cost`` None: nobody knows, so what was reserved counts."""

    call_id: UUID
    cost: Dollars | None = None
    outcome: Name = "answered"
    input_tokens: Annotated[int, Field(ge=0, lt=2**31)] = 0
    output_tokens: Annotated[int, Field(ge=0, lt=2**31)] = 0


class ProviderReport(BaseModel):
    provider: Name
    state: State
    code: Name = ""
    text: Annotated[str, Field(max_length=500)] = ""
    model: Name = ""
    ends: date | None = None


class Ledger(Protocol):
    def reserve(self, leaving: Leaving) -> UUID:
        """The call's name in the books. Raises ``TryAgain`` when it may not be made."""
        ...

    def settle(self, settle: BudgetSettle) -> None: ...

    def report(
        self,
        provider: str,
        state: State,
        code: str,
        text: str,
        model: str = "",
        ends: date | None = None,
    ) -> None: ...


class SearchLedger:
    """Without search nothing is paid: the cap could not be kept."""

    def __init__(
        self, search_url: str, token: SecretStr | None = None, *, patience: float = PATIENCE
    ) -> None:
        self._search = Line(search_url, token, patience=patience)

    def reserve(self, leaving: Leaving) -> UUID:
        wanted = BudgetReserve.model_validate(reservation(leaving))
        try:
            answer = self._post("/budget:reserve", wanted)
            refused = json.loads(answer.content) if answer.status in REFUSING else None
            if refused is None:
                answer.told()
        except (NoAnswer, ValueError) as error:
            raise TryAgain(
                f"search does not answer: {type(error).__name__}", code="search-away", counts=False
            ) from error
        if refused is not None:
            raise refusal_of(answer.status, refused)
        return wanted.call_id

    def settle(self, settle: BudgetSettle) -> None:
        """If search cannot be told, what was reserved goes on counting."""
        try:
            self._post("/budget:settle", settle).told()
        except (NoAnswer, ValueError) as error:
            log.warning("not settled; the reservation counts", error=type(error).__name__)

    def report(
        self,
        provider: str,
        state: State,
        code: str,
        text: str,
        model: str = "",
        ends: date | None = None,
    ) -> None:
        told = {"provider": provider, "state": state, "code": code, "text": text[:500]}
        report = ProviderReport.model_validate({**told, "model": model, "ends": ends})
        try:
            self._post("/providers:report", report).told()
        except (NoAnswer, ValueError) as error:
            log.warning("search was not told", provider=provider, error=type(error).__name__)

    def close(self) -> None:
        self._search.close()

    def _post(self, path: str, body: BaseModel) -> Answer:
        with tracing.calling("search", f"POST {path}") as headers:
            return self._search.post(
                f"/internal/v1{path}", body.model_dump_json().encode(), headers
            )


class Refusal(BaseModel):
    """Search's 402 and 409."""

    detail: str
    over: Literal["wait", "local"] = "wait"
    until: datetime


def reservation(leaving: Leaving) -> dict[str, Any]:
    """The fields of a new call, on behalf of the photo that this thread works on."""
    event = current_event()
    whose = {"photo_id": event.photo_id, "owner": event.owner} if event else {}
    return {"call_id": uuid4(), **whose, **leaving.model_dump()}


def refusal_of(status: int, body: object) -> TryAgain:
    over = status == OVER
    try:
        refusal = Refusal.model_validate(body)
    except ValidationError:
        return TryAgain(
            "it may not be asked now", code=BUDGET if over else ON_ITS_WAY, counts=False
        )
    local = BUDGET_LOCAL if refusal.over == "local" else BUDGET
    after = max(refusal.until - datetime.now(UTC), datetime.resolution)
    return TryAgain(refusal.detail, code=local if over else ON_ITS_WAY, counts=False, after=after)
