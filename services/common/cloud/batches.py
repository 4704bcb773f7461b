"""Photos that wait for half the price, as the taggers and search tell each other of them.

Search keeps who waits and which batch is whose (its rows survive everybody); a tagger fills
batches, sends them and fetches their answers. A lease on each batch keeps two from doing it.
"""

from collections.abc import Set
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from services.common import tracing
from services.common.cloud.ledger import (
    REFUSING,
    BudgetReserve,
    BudgetSettle,
    Leaving,
    Name,
    refusal_of,
    reservation,
)
from services.common.errors import TryAgain
from services.common.internal import credentials

#: Taking a batch or telling of a thousand answers is more work than a row.
PATIENCE = 15.0

Count = Annotated[int, Field(ge=0, le=10**6)]
Text = Annotated[str, Field(max_length=500)]


class PutInBatch(BudgetReserve):
    """A photo that may wait: reserved at half the price, sent with others."""

    blob_generation: Annotated[int, Field(ge=1, lt=2**31)]


class Standing(BaseModel):
    """How it is with a photo's answer. ``alone``: batches have failed it too often."""

    state: Literal["waiting", "sent", "refused", "alone"]
    text: Text = ""
    expires_at: datetime | None = None


class TakeBatch(BaseModel):
    """``version``: of whoever can ask for photos that wait; batches that were sent are anybody's.

    A batch is due for filling with ``most`` photos, or when for ``gather`` seconds no more came.
    ``lease``: seconds in which nobody else gets the same batch.
    """

    provider: Name
    version: Name
    most: Annotated[int, Field(ge=1, le=50_000)]
    gather: Annotated[float, Field(ge=0, le=86_400)]
    lease: Annotated[float, Field(gt=0, le=86_400)]


class Waiting(BaseModel):
    """``wanted``: False when the photo was deleted or replaced since."""

    call_id: UUID
    photo_id: UUID
    blob_generation: int
    version: str
    wanted: bool


class Batch(BaseModel):
    batch_id: UUID
    state: Literal["filling", "sent"]
    remote_id: str = ""
    expires_at: datetime | None = None
    photos: list[Waiting]


class Packed(BaseModel):
    """What of a photo is in the file that leaves the house."""

    call_id: UUID
    width: Count
    height: Count
    bytes: Annotated[int, Field(ge=0, lt=2**40)]


class BatchSent(BaseModel):
    """Whoever is in neither list goes with the next batch."""

    remote_id: Annotated[str, Field(min_length=1, max_length=200)]
    photos: Annotated[list[Packed], Field(max_length=50_000)]
    left_out: Annotated[list[UUID], Field(max_length=50_000)] = []
    look_after: Annotated[float, Field(ge=0, le=86_400)]


class BatchSeen(BaseModel):
    """How a batch is at the provider, and when to look again."""

    status: Name
    done: Count = 0
    look_after: Annotated[float, Field(ge=0, le=86_400)]


class Answered(BudgetSettle):
    """``again``: nobody has answered for this photo; ask anew."""

    verdict: Literal["answered", "refused", "again"]
    text: Text = ""


class BatchAnswers(BaseModel):
    answers: Annotated[list[Answered], Field(max_length=1000)]


class BatchEnded(BaseModel):
    """``put_off``: seconds until whoever has no answer yet may be sent again, for nobody was asked;
    None: at once, and it counts as a try. ``status`` lost: nobody knows what was billed."""

    status: Name
    put_off: Annotated[float, Field(ge=0, le=86_400)] | None = None


class BatchBooks:
    """Raises ``TryAgain`` when search does not answer."""

    def __init__(
        self, search_url: str, token: SecretStr | None = None, *, patience: float = PATIENCE
    ) -> None:
        base = f"{search_url.rstrip('/')}/internal/v1"
        self._client = httpx.Client(
            base_url=base, headers=credentials(token), timeout=patience, trust_env=False
        )

    def put(self, leaving: Leaving, blob_generation: int) -> Standing:
        """Raises ``TryAgain`` when it may not be paid for, too."""
        wanted = PutInBatch(**reservation(leaving), blob_generation=blob_generation)
        answer = self._post("/batches:put", wanted, allowed=REFUSING)
        if answer.status_code in REFUSING:
            raise refusal_of(answer.status_code, answer.json())
        return Standing.model_validate_json(answer.content)

    def take(self, wanted: TakeBatch) -> Batch | None:
        answer = self._post("/batches:take", wanted)
        return Batch.model_validate_json(answer.content) if answer.content else None

    def sent(self, batch_id: UUID, told: BatchSent) -> None:
        self._post(f"/batches/{batch_id}:sent", told)

    def seen(self, batch_id: UUID, told: BatchSeen) -> None:
        self._post(f"/batches/{batch_id}:seen", told)

    def answers(self, batch_id: UUID, told: BatchAnswers) -> None:
        self._post(f"/batches/{batch_id}:answers", told)

    def ended(self, batch_id: UUID, told: BatchEnded) -> None:
        self._post(f"/batches/{batch_id}:ended", told)

    def close(self) -> None:
        self._client.close()

    def _post(
        self, path: str, body: BaseModel, *, allowed: Set[int] = frozenset()
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        content = body.model_dump_json().encode()
        try:
            with tracing.calling("search", f"POST {path.partition('/')[0]}") as trace:
                answer = self._client.post(path, content=content, headers={**headers, **trace})
            return answer if answer.status_code in allowed else answer.raise_for_status()
        except (httpx.HTTPError, ValidationError, ValueError) as error:
            raise TryAgain(
                f"search does not answer: {type(error).__name__}", code="search-away", counts=False
            ) from error
