"""One paid call, from permission to receipt: breaker, turn, budget, call, settlement."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from services.common.cloud.breaker import Breaker
from services.common.cloud.failing import BUSY, PAUSING, PERHAPS_PAID
from services.common.cloud.ledger import BudgetSettle, Leaving, Ledger
from services.common.cloud.pace import Pace
from services.common.cloud.prices import Usage
from services.common.errors import Refuse, TryAgain

Answer = TypeVar("Answer")

#: Seconds that a call may spend being sent off by a busy provider and coming back.
INSISTING = 15.0
NOTHING = Usage()


@dataclass(frozen=True)
class Paid(Generic[Answer]):
    """An answer and its bill. ``fault`` is what is wrong with an answer that was billed.

    ``cost`` None: the bill cannot be read, so what was reserved counts.
    """

    answer: Answer | None
    cost: Decimal | None
    usage: Usage = NOTHING
    fault: TryAgain | Refuse | None = None


@dataclass(frozen=True)
class Asking:
    """Safe to share by threads."""

    ledger: Ledger
    breaker: Breaker
    pace: Pace
    insisting: float = INSISTING
    clock: Callable[[], float] = time.monotonic

    def __call__(
        self, leaving: Leaving, call: Callable[[], Paid[Answer]]
    ) -> tuple[Answer, Decimal]:
        """The answer and what it cost. Raises ``TryAgain`` or ``Refuse``, and nothing else."""
        deadline = self.clock() + self.insisting
        while True:
            self.breaker.admit()
            self.pace.take()  # who gets no turn comes back later: to insist would be to spin
            try:
                return self._once(leaving, call)
            except TryAgain as error:
                if error.code != BUSY or self.clock() >= deadline:
                    raise

    def _once(self, leaving: Leaving, call: Callable[[], Paid[Answer]]) -> tuple[Answer, Decimal]:
        call_id = self.ledger.reserve(leaving)
        try:
            paid = call()
        except (TryAgain, Refuse) as error:
            cost = None if error.code in PERHAPS_PAID else Decimal(0)
            self.ledger.settle(BudgetSettle(call_id=call_id, cost=cost, outcome=error.code))
            self._take_to_heart(error)
            raise
        outcome = paid.fault.code if paid.fault else "answered"
        self.ledger.settle(
            BudgetSettle(
                call_id=call_id,
                cost=paid.cost,
                outcome=outcome,
                input_tokens=paid.usage.fresh + paid.usage.cached,
                output_tokens=paid.usage.output,
            )
        )
        if paid.fault and paid.fault.code in PAUSING:
            self.breaker.failed(paid.fault)
        else:
            self.breaker.succeeded()
        if paid.fault:
            raise paid.fault
        assert paid.answer is not None
        return paid.answer, leaving.estimate if paid.cost is None else paid.cost

    def _take_to_heart(self, error: TryAgain | Refuse) -> None:
        if isinstance(error, TryAgain) and error.code == BUSY:
            self.pace.refused(error.after)
        if isinstance(error, Refuse):
            self.breaker.succeeded()
        else:
            self.breaker.failed(error)
