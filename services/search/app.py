"""The search service's API: for the gateway and the workers, never for the outside."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp

from services.common.problems import Problem, install
from services.search import batching, days, finding, keeping, models, money, routes
from services.search.accounts import links
from services.search.accounts import routes as accounts
from services.search.database import answers
from services.search.hot import Hot
from services.search.language.syntax import BadQuery
from services.search.metrics import Gallery, exposition
from services.search.problems import PROBLEMS
from services.search.state import State


def create_app(state: State) -> ASGIApp:
    app = FastAPI(title="imgcap search", docs_url=None, redoc_url=None)
    app.state.search = state
    app.include_router(days.router)
    app.include_router(finding.router)
    app.include_router(keeping.router)
    app.include_router(routes.router)
    app.include_router(money.router)
    app.include_router(batching.router)
    app.include_router(models.router)
    app.include_router(accounts.router)
    app.include_router(links.router)
    install(app)
    _install_problems(app)

    gallery = Gallery(state.overview, state.depths)

    @app.get("/healthz")
    def healthy() -> Response:
        return Response(status_code=200 if state.consumer.alive else 503)

    @app.get("/readyz")
    def ready() -> Response:
        return Response(status_code=200 if state.migrated.is_set() and answers(state.pool) else 503)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(exposition(gallery), media_type=CONTENT_TYPE_LATEST)

    return Hot(app, state)


def _install_problems(app: FastAPI) -> None:
    for error, problem in PROBLEMS.items():
        app.add_exception_handler(error, _answering(problem))

    @app.exception_handler(BadQuery)
    async def point(_: Request, error: BadQuery) -> JSONResponse:
        """At the character where reading stopped."""
        return Problem(400, "bad-query", error.message, position=error.position).response()


def _answering(problem: Problem) -> Any:
    async def answer(_: Request, __: Exception) -> JSONResponse:
        return problem.response()

    return answer
