"""Photos that wait for half the price: who waits, which batch is whose, and what came of it.

A photo's answer goes from ``waiting`` to ``sent`` to ``answered``, ``refused`` or ``again``; the
money for it is reserved when it begins to wait and settled with its answer. Nothing here knows a
provider. Whatever a worker tells may be told twice: the second time changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from services.common.cloud.batches import (
    Batch,
    BatchAnswers,
    BatchEnded,
    BatchSeen,
    BatchSent,
    PutInBatch,
    Standing,
    TakeBatch,
    Waiting,
)
from services.common.cloud.ledger import BudgetSettle
from services.common.money import Batches
from services.search import budget
from services.search.database import Db
from services.search.settings import BudgetSettings
from services.search.sql import SQL

#: The one window that there is at OpenAI.
HOURS = 24
#: Batches that fail a photo so often are no way for it.
TRIES = 3


@dataclass(frozen=True)
class Found:
    call_id: UUID
    state: str
    text: str
    tries: int
    expires_at: Any


def put(db: Db, wanted: PutInBatch, caps: BudgetSettings) -> Standing:
    """Raises ``OverBudget`` and ``OnItsWay``."""
    budget.hold(db)
    fields = wanted.model_dump()
    with db.cursor(row_factory=class_row(Found)) as rows:
        found = rows.execute(SQL["batch_find"], fields).fetchone()
    if found and found.state in ("waiting", "sent", "refused"):
        told = {"state": found.state, "text": found.text, "expires_at": found.expires_at}
        return Standing.model_validate(told)
    if found and found.tries >= TRIES:
        return Standing(state="alone", text=found.text)
    withdraw_photo(db, wanted.photo_id, wanted.provider)
    budget.reserve(db, wanted, caps)
    db.execute(SQL["batch_put"], fields)
    return Standing(state="waiting")


def withdraw_photo(db: Db, photo_id: UUID | None, provider: str) -> None:
    """It will be asked about in another way, or under another model's name."""
    fields = {"photo_id": photo_id, "provider": provider}
    rows = db.execute(SQL["batch_withdraw"], fields).fetchall()
    _release(db, [call_id for (call_id,) in rows], "withdrawn")


def take(db: Db, wanted: TakeBatch) -> Batch | None:
    """A batch to look after: one that is due, or a new one if enough photos wait."""
    db.execute("SELECT pg_advisory_xact_lock(hashtext('imgcap.batches'))")
    fields = {**wanted.model_dump(), "hours": HOURS}
    with db.cursor(row_factory=dict_row) as rows:
        due = rows.execute(SQL["batch_due"], fields).fetchone()
    if due is None:
        ripe = db.execute(SQL["batch_ripe"], fields).fetchone()
        if not ripe or not ripe[0]:
            return None
        made = db.execute(SQL["batch_make"], fields).fetchone()
        assert made
        due = {"batch_id": made[0], "state": "filling"}
    with db.cursor(row_factory=class_row(Waiting)) as waiting:
        photos = waiting.execute(SQL["batch_photos"], due).fetchall()
    return Batch(photos=photos, **due)


def sent(db: Db, batch_id: UUID, told: BatchSent) -> None:
    own: dict[str, Any] = {"batch_id": batch_id, "hours": HOURS}
    if not db.execute(SQL["batch_sent"], {**own, **told.model_dump()}).fetchone():
        return
    columns = {
        "call_ids": [one.call_id for one in told.photos],
        "widths": [one.width for one in told.photos],
        "heights": [one.height for one in told.photos],
        "sizes": [one.bytes for one in told.photos],
    }
    db.execute(SQL["batch_packed"], {**own, **columns})
    rows = db.execute(SQL["batch_left_out"], {**own, "call_ids": told.left_out}).fetchall()
    _release(db, [call_id for (call_id,) in rows], "withdrawn")
    # Whoever found no room goes with the next one.
    _put_back(db, batch_id, 0, ("waiting",))


def seen(db: Db, batch_id: UUID, told: BatchSeen) -> None:
    db.execute(SQL["batch_seen"], {"batch_id": batch_id, **told.model_dump()})


def answers(db: Db, batch_id: UUID, told: BatchAnswers) -> None:
    for one in told.answers:
        budget.settle(db, one)
        db.execute(SQL["batch_answer"], {"batch_id": batch_id, **one.model_dump()})


def ended(db: Db, batch_id: UUID, told: BatchEnded) -> None:
    """Whoever has no answer is put off, or asked about anew; nobody was billed for it."""
    fields = {"batch_id": batch_id, "status": told.status}
    if not db.execute(SQL["batch_ended"], fields).fetchone():
        return
    if told.put_off is not None:
        _put_back(db, batch_id, told.put_off, ("waiting", "sent"))
        return
    rows = db.execute(SQL["batch_again"], {"batch_id": batch_id}).fetchall()
    cost = None if told.status == "lost" else Decimal(0)
    _release(db, [call_id for (call_id,) in rows], told.status, cost)


def wake(db: Db, limit: int) -> int:
    return db.execute(SQL["batch_wake"], {"limit": limit}).rowcount


def forget(db: Db) -> None:
    rows = db.execute(SQL["batch_forget"]).fetchall()
    _release(db, [call_id for call_id, state in rows if state == "waiting"], "withdrawn")


def overview(db: Db) -> Batches | None:
    """None where nothing waits."""
    with db.cursor(row_factory=class_row(Batches)) as rows:
        found = rows.execute(SQL["batch_overview"]).fetchone()
    return found if found and (found.waiting or found.sent) else None


def _put_back(db: Db, batch_id: UUID, seconds: float, states: Sequence[str]) -> None:
    fields = {"batch_id": batch_id, "seconds": seconds, "states": list(states)}
    rows = db.execute(SQL["batch_back"], fields).fetchall()
    db.execute(SQL["batch_not_on_its_way"], {"call_ids": [call_id for (call_id,) in rows]})


def _release(
    db: Db, call_ids: Iterable[UUID], outcome: str, cost: Decimal | None = Decimal(0)
) -> None:
    for call_id in call_ids:
        budget.settle(db, BudgetSettle(call_id=call_id, cost=cost, outcome=outcome))
