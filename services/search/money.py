"""/internal/v1: the budget of the workers, quotes, and what was spent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.common.cloud.ledger import BudgetReserve, BudgetSettle, ProviderReport
from services.common.money import KnownVectors, Quote, Spend, WantedVectors
from services.common.problems import Problem
from services.search import batches, budget
from services.search.routes import json_response, transaction
from services.search.sql import SQL
from services.search.state import Search, State

router = APIRouter(prefix="/internal/v1")

Photos = Annotated[int, Query(ge=0, le=10**9)]
Days = Annotated[int, Query(ge=1, le=400)]


@contextmanager
def refusing(state: State) -> Iterator[None]:
    """What may not be paid now, as a problem that says until when."""
    try:
        yield
    except budget.OverBudget as over:
        until, setting = over.until.isoformat(), state.settings.budget.over
        raise Problem(402, "over-budget", str(over), over=setting, until=until) from over
    except budget.OnItsWay as twice:
        until = twice.until.isoformat()
        raise Problem(409, "on-its-way", str(twice), until=until) from twice


@router.post("/budget:reserve", status_code=204)
def reserve(wanted: BudgetReserve, state: Search) -> None:
    with refusing(state), transaction(state) as db:
        if wanted.version:
            batches.withdraw_photo(db, wanted.photo_id, wanted.provider)
        budget.reserve(db, wanted, state.settings.budget)


@router.post("/budget:settle", status_code=204)
def settle(settled: BudgetSettle, state: Search) -> None:
    with transaction(state) as db:
        budget.settle(db, settled)


@router.post("/providers:report", status_code=204)
def report(told: ProviderReport, state: Search) -> None:
    with transaction(state) as db:
        budget.report(db, told)


@router.post("/vectors:known", response_model=KnownVectors)
def known_vectors(wanted: WantedVectors, state: Search) -> Response:
    """So that no word is ever paid for twice."""
    with transaction(state) as db:
        rows = db.execute(SQL["spend_known_vectors"], wanted.model_dump()).fetchall()
    return json_response(KnownVectors(vectors={text: json.loads(vector) for text, vector in rows}))


@router.get("/quote", response_model=Quote)
def quote(state: Search, photos: Photos, now: bool = False) -> Response:
    """``now``: nobody waits for half the price."""
    choice = state.settings
    if now:
        never = choice.batch.model_copy(update={"least": 0})
        choice = choice.model_copy(update={"batch": never})
    with transaction(state) as db:
        return json_response(budget.quote(db, choice, state.settings.budget, photos))


@router.get("/spend", response_model=Spend)
def spend(state: Search, days: Days = 31) -> Response:
    with transaction(state) as db:
        days_spent = budget.spend_by_day(db, days)
        return json_response(
            Spend(days=days_spent, budgets=budget.budgets(db, state.settings.budget))
        )
