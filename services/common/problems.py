"""Errors as RFC 9457 problem+json, each with a stable ``code``."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Anything that an API call ends with and that is not an answer."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.more = dict(headers or {}), more

    def response(self) -> JSONResponse:
        return JSONResponse(
            {
                "type": f"urn:imgcap:{self.code}",
                "title": HTTPStatus(self.status).phrase,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
                **self.more,
            },
            self.status,
            headers=self.headers,
            media_type=MEDIA_TYPE,
        )


def away(code: str, detail: str) -> Problem:
    return Problem(503, code, detail, headers={"Retry-After": "2"})


def install(app: FastAPI) -> None:
    """Turn problems, bad input and unknown routes into problem+json."""

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> JSONResponse:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def bad_request(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = [
            {
                "where": ".".join(str(part) for part in fault["loc"]),
                "what": fault["msg"].removeprefix("Value error, "),
            }
            for fault in error.errors()
        ]
        first = faults[0] if faults else {"where": "request", "what": "unreadable"}
        detail = f"{first['where']}: {first['what']}"
        return Problem(422, "bad-request", detail, errors=faults[:20]).response()

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> JSONResponse:
        code = {404: "no-such-page", 405: "method-not-allowed"}.get(
            error.status_code, "bad-request"
        )
        return Problem(error.status_code, code, str(error.detail), headers=error.headers).response()
