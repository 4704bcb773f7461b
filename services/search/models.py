"""/internal/v1/models: build another model's vectors beside, switch, and go back."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query

from services.common.money import EmbeddingModels, Rebuilding
from services.common.problems import Problem
from services.search import reembed
from services.search.meaning import Embedder
from services.search.routes import transaction
from services.search.state import Search

router = APIRouter(prefix="/internal/v1")

Name = Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


@router.get("/models")
def models(state: Search) -> EmbeddingModels:
    with transaction(state) as db:
        return EmbeddingModels(models=reembed.models(db))


@router.post("/models:build", response_model=Rebuilding)
def build(state: Search, embedder: Annotated[str, Query(max_length=300)] = "") -> Rebuilding:
    """Some seconds of work; ask again until nothing is left. ``embedder`` is another address."""
    url = embedder or state.settings.embedder_url
    if urlsplit(url).scheme not in ("http", "https"):
        raise Problem(422, "bad-request", "an embedder's address begins with http:// or https://")
    client = Embedder(url, state.settings.internal_token, timeout=30.0)
    try:
        return reembed.build(state.pool, client)
    finally:
        client.close()


@router.post("/models:switch")
def switch(state: Search, name: Name) -> EmbeddingModels:
    try:
        with transaction(state) as db:
            reembed.switch(db, name)
            return EmbeddingModels(models=reembed.models(db))
    except reembed.NotWhole as error:
        raise Problem(409, "not-whole", str(error)) from error


@router.post("/models:rollback")
def roll_back(state: Search) -> EmbeddingModels:
    try:
        with transaction(state) as db:
            reembed.roll_back(db)
            return EmbeddingModels(models=reembed.models(db))
    except reembed.NotWhole as error:
        raise Problem(409, "not-whole", str(error)) from error
