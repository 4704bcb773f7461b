"""What goes wrong, as problem+json; the rest of it is in services.common.problems."""

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from services.common import problems
from services.common.problems import Problem
from services.gateway.guard import BodyTooLarge

log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    problems.install(app)

    @app.exception_handler(BodyTooLarge)
    async def too_large(_: Request, error: BodyTooLarge) -> JSONResponse:
        return error.problem().response()

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=400)  # which nobody reads

    @app.exception_handler(Exception)
    async def internal(request: Request, error: Exception) -> JSONResponse:
        log.error("failed", path=request.url.path, exc_info=error)
        return Problem(500, "internal", "something went wrong inside").response()
