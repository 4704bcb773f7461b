"""The embedder's HTTP door: vectors for the texts of queries, health and metrics."""

from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from services.common.errors import Refuse, TryAgain
from services.common.probes import Patient
from services.common.problems import Problem, install
from services.common.vectors import to_wire
from services.embedder.memory import Memory

Text = Annotated[str, Field(min_length=1, max_length=300)]


class Texts(BaseModel):
    texts: Annotated[list[Text], Field(min_length=1, max_length=64)]


class Vectors(BaseModel):
    """A vector of unit length for each text, as base64 of little-endian half floats.

    ``paid``: they were made elsewhere, so what must not leave the house is not to be asked here.
    """

    model: str
    paid: bool
    dimensions: int
    vectors: list[str]


def create_app(memory: Memory, worker: Patient) -> FastAPI:
    app = FastAPI(title="imgcap embedder", docs_url=None, redoc_url=None)
    install(app)
    _install_failures(app)

    @app.post("/embed", response_model=Vectors)
    async def embed(asked: Texts) -> Response:
        rows = memory.known(asked.texts)
        if any(text not in rows for text in asked.texts):
            rows = await run_in_threadpool(memory.vectors, asked.texts)
        answer = Vectors(
            model=memory.embedder.model,
            paid=memory.embedder.paid,
            dimensions=memory.embedder.dimensions,
            vectors=[to_wire(rows[text].tolist()) for text in asked.texts],
        )
        return Response(answer.model_dump_json(), media_type="application/json")

    @app.get("/healthz")
    async def healthy() -> Response:
        return Response(status_code=200 if worker.alive else 503)

    @app.get("/readyz")
    async def ready() -> Response:
        """The models are loaded. Queries need their vectors with or without a broker."""
        return Response(status_code=200)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


def _install_failures(app: FastAPI) -> None:
    @app.exception_handler(TryAgain)
    async def unwell(_: Request, error: TryAgain) -> JSONResponse:
        seconds = error.after.total_seconds() if error.after else 2
        headers = {"Retry-After": str(max(1, round(seconds)))}
        return Problem(503, error.code, str(error), headers=headers).response()

    @app.exception_handler(Refuse)
    async def refused(_: Request, error: Refuse) -> JSONResponse:
        return Problem(422, error.code, str(error)).response()
