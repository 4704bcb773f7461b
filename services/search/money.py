"""/internal/v1: the budget of the workers, quotes, and what was spent."""

import json
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.common.cloud.ledger import BudgetReserve, BudgetSettle, ProviderReport
from services.common.money import KnownVectors, Quote, Spend, WantedVectors
from services.common.problems import Problem
from services.search import budget
from services.search.routes import json_response, transaction
from services.search.sql import SQL
from services.search.state import Search

router = APIRouter(prefix="/internal/v1")

Photos = Annotated[int, Query(ge=0, le=10**9)]
Days = Annotated[int, Query(ge=1, le=400)]


@router.post("/budget:reserve", status_code=204)
def reserve(wanted: BudgetReserve, state: Search) -> None:
    caps = state.settings.budget
    try:
        with transaction(state) as db:
            budget.reserve(db, wanted, caps)
    except budget.OverBudget as over:
        until = over.until.isoformat()
        raise Problem(402, "over-budget", str(over), over=caps.over, until=until) from over


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
def quote(state: Search, photos: Photos) -> Response:
    with transaction(state) as db:
        return json_response(budget.quote(db, state.settings, state.settings.budget, photos))


@router.get("/spend", response_model=Spend)
def spend(state: Search, days: Days = 31) -> Response:
    with transaction(state) as db:
        days_spent = budget.spend_by_day(db, days)
        return json_response(
            Spend(days=days_spent, budgets=budget.budgets(db, state.settings.budget))
        )
