"""The books: what paid calls cost, what of a photo left the house, and the caps on both.

A call is reserved at the most that it can cost before it is made, under the lock of its day and
its month, so that all workers together stay below the caps; it is settled by what it used.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from services.common.cloud.ledger import BudgetReserve, BudgetSettle, ProviderReport
from services.common.cloud.prices import Prices
from services.common.cloud.quote import quote_lines
from services.common.cloud.settings import CloudChoice
from services.common.money import Budget, ProviderHealth, Quote, QuoteLine, Sent, SpendDay
from services.search.database import Db
from services.search.settings import BudgetSettings
from services.search.sql import SQL

#: Calls from which a mean says more than the price table.
ENOUGH_CALLS = 20
#: A model that ends sooner than this is worth a warning.
SOON = timedelta(days=120)
CENT = Decimal("0.01")


class OverBudget(Exception):
    """No such call until ``until``."""

    def __init__(self, unit: str, cap: Decimal, until: datetime) -> None:
        each = {"day": "daily", "month": "monthly"}[unit]
        super().__init__(
            f"the {each} budget of ${cap.quantize(CENT)} is spent:"
            f" it begins anew at {until:%Y-%m-%d %H:%M} UTC, or raise IMGCAP_BUDGET__{unit.upper()}"
        )
        self.until = until


class OnItsWay(Exception):
    """Another worker may be getting the same answer until ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__("its answer is on its way already")
        self.until = until


def hold(db: Db) -> list[str]:
    """This day's and this month's books, open and ours until the transaction ends."""
    db.execute(SQL["budget_open"])
    return [period for period, _ in db.execute(SQL["budget_lock"], {"at": None})]


def reserve(db: Db, wanted: BudgetReserve, caps: BudgetSettings) -> None:
    """Raises ``OverBudget`` and ``OnItsWay``. What costs nothing is written down, never refused."""
    periods = hold(db)
    if wanted.photo_id and wanted.version:
        _only_once(db, wanted)
    if wanted.estimate:
        for budget in budgets(db, caps):
            if budget.spent + wanted.estimate > budget.cap:
                raise OverBudget(budget.unit, budget.cap, budget.until)
    if db.execute(SQL["spend_reserve"], wanted.model_dump()).fetchone():
        db.execute(SQL["budget_add"], {"amount": wanted.estimate, "periods": periods})


def _only_once(db: Db, wanted: BudgetReserve) -> None:
    """A worker that was killed has left its call open. While that may still be answered, nobody
    else makes it; afterwards nobody can know whether it is billed, and the books say so.
    """
    fields = wanted.model_dump(include={"photo_id", "provider", "version"})
    row = db.execute(SQL["spend_on_its_way"], fields).fetchone()
    if row and row[0]:
        raise OnItsWay(row[0])
    db.execute(SQL["spend_lost"], fields)


def settle(db: Db, settled: BudgetSettle) -> None:
    """Doing it twice is doing it once."""
    row = db.execute(SQL["spend_settle"], settled.model_dump()).fetchone()
    if row:
        made_at, change = row
        held = db.execute(SQL["budget_lock"], {"at": made_at}).fetchall()
        periods = [period for period, _ in held]
        db.execute(SQL["budget_add"], {"amount": change, "periods": periods})


def report(db: Db, told: ProviderReport) -> None:
    db.execute(SQL["spend_provider"], told.model_dump())


def budgets(db: Db, caps: BudgetSettings) -> list[Budget]:
    with db.cursor(row_factory=dict_row) as rows:
        found = rows.execute(SQL["budget_now"]).fetchall()
    cap = {"day": caps.day, "month": caps.month}
    return [Budget(cap=cap[row["unit"]], **row) for row in found]


def providers(db: Db) -> list[ProviderHealth]:
    with db.cursor(row_factory=class_row(ProviderHealth)) as rows:
        return rows.execute(SQL["spend_providers"]).fetchall()


def warnings(health: Sequence[ProviderHealth], spent: Sequence[Budget], today: date) -> list[str]:
    """One clear sentence for each thing that a person should look at."""
    told = [f"{one.name}: {one.text}" for one in health if one.state != "well"]
    told += [
        f"{one.model} is shut down on {one.ends}: choose another model before that"
        for one in health
        if one.ends and one.ends - today < SOON
    ]
    told += [
        f"${one.spent.quantize(CENT)} of the ${one.cap.quantize(CENT)} of this {one.unit} are spent"
        for one in spent
        if one.spent and one.spent >= one.cap * Decimal("0.8")
    ]
    return told


def sent(db: Db, owner: str, photo_id: UUID) -> list[Sent]:
    with db.cursor(row_factory=class_row(Sent)) as rows:
        return rows.execute(
            SQL["spend_of_photo"], {"photo_id": photo_id, "owner": owner}
        ).fetchall()


def spend_by_day(db: Db, days: int) -> list[SpendDay]:
    with db.cursor(row_factory=class_row(SpendDay)) as rows:
        return rows.execute(SQL["spend_by_day"], {"days": days}).fetchall()


def quote(db: Db, choice: CloudChoice, caps: BudgetSettings, photos: int) -> Quote:
    rows = db.execute(SQL["spend_means"]).fetchall()
    means = {
        (who, what, why): mean for who, what, why, mean, calls in rows if calls >= ENOUGH_CALLS
    }
    lines = list(quote_lines(choice, photos, means))
    total = sum((line.total for line in lines), Decimal(0))
    left = min((one.cap - one.spent for one in budgets(db, caps)), default=Decimal(0))
    return Quote(
        photos=photos,
        total=total,
        lines=lines,
        prices_of=Prices.read(choice.prices).date,
        fits=total <= left,
        text=_in_words(photos, total, lines, left),
    )


def _in_words(photos: int, total: Decimal, lines: Sequence[QuoteLine], left: Decimal) -> str:
    if not lines:
        return f"{photos:,} photos: nothing, all of it is done on this machine"
    told = f"{photos:,} photos: about ${total.quantize(CENT)}"
    over = (
        f"; ${max(left, Decimal(0)).quantize(CENT)} of the budget are left" if total > left else ""
    )
    return told + over


def today() -> date:
    return datetime.now(UTC).date()


def status_fields(db: Db, caps: BudgetSettings) -> dict[str, Any]:
    health, spent = providers(db), budgets(db, caps)
    return {"providers": health, "budgets": spent, "warnings": warnings(health, spent, today())}
