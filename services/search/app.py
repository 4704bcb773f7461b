"""The search service's API: for the gateway and the workers, never for the outside."""

from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from psycopg_pool import PoolTimeout

from services.common.problems import Problem, away, install
from services.search import days, finding, keeping, models, money, routes
from services.search.accounts import links
from services.search.accounts import routes as accounts
from services.search.database import answers
from services.search.gallery import BadCursor
from services.search.language.syntax import BadQuery
from services.search.meaning import EmbedderAway
from services.search.metrics import Gallery, exposition
from services.search.record import NoSuchPhoto, Superseded
from services.search.saved import NoSuchSearch
from services.search.sharing import Unreadable
from services.search.state import State


def create_app(state: State) -> FastAPI:
    app = FastAPI(title="imgcap search", docs_url=None, redoc_url=None)
    app.state.search = state
    app.include_router(days.router)
    app.include_router(finding.router)
    app.include_router(keeping.router)
    app.include_router(routes.router)
    app.include_router(money.router)
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

    return app


def _install_problems(app: FastAPI) -> None:
    problems: dict[type[Exception], Problem] = {
        NoSuchPhoto: Problem(404, "no-such-photo", "there is no such photo"),
        NoSuchSearch: Problem(404, "no-such-search", "there is no such saved search"),
        Unreadable: Problem(422, "unreadable-keywords", "no sidecar, JSON or CSV of keywords"),
        Superseded: Problem(409, "superseded", "the photo was deleted or replaced meanwhile"),
        BadCursor: Problem(400, "bad-cursor", "take the cursor from the page before"),
        EmbedderAway: away("embedder-away", "words cannot be placed now; try again in a moment"),
        psycopg.OperationalError: away("database-away", "try again in a moment"),
        PoolTimeout: away("database-away", "try again in a moment"),
        psycopg.DataError: Problem(422, "bad-request", "a value that no photo can have"),
    }
    for error, problem in problems.items():
        app.add_exception_handler(error, _answering(problem))

    @app.exception_handler(BadQuery)
    async def point(_: Request, error: BadQuery) -> JSONResponse:
        """At the character where reading stopped."""
        return Problem(400, "bad-query", error.message, position=error.position).response()


def _answering(problem: Problem) -> Any:
    async def answer(_: Request, __: Exception) -> JSONResponse:
        return problem.response()

    return answer
