"""When the provider means to end a model: asked once a day, told to search, shown as a warning."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

import structlog
from openai import OpenAI, OpenAIError

from services.common.cloud.ledger import Ledger
from services.common.cloud.prices import TokenPrice

log = structlog.get_logger(__name__)

A_DAY = 86_400.0
SECONDS = 5.0


@dataclass
class ModelWatch:
    """Called after each answer; nearly always it does nothing at all."""

    provider: str
    model: str
    price: TokenPrice
    client: OpenAI
    ledger: Ledger
    clock: Callable[[], float] = time.monotonic
    _next: float = field(default=-1.0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __call__(self) -> None:
        with self._lock:
            if self.clock() < self._next:
                return
            self._next = self.clock() + A_DAY
        ends = self._told() or self.price.ends
        self.ledger.report(self.provider, "well", "", "", self.model, ends)

    def _told(self) -> date | None:
        """What `/v1/models` says; servers without that page say nothing."""
        try:
            found = self.client.models.retrieve(self.model, timeout=SECONDS)
            return date.fromisoformat(found.shutdown_date[:10]) if found.shutdown_date else None
        except (OpenAIError, ValueError, TypeError, AttributeError) as error:
            log.info("the model's end is not known", model=self.model, error=type(error).__name__)
            return None
