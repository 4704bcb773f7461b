"""/internal/v1: searches, photos like a photo, completion."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.common.api import Chip, SearchAnswer, TagPage
from services.common.events import Kind
from services.common.finding import Dropped, Way
from services.search.completion import complete
from services.search.hits import chip
from services.search.meaning import EmbedderAway
from services.search.query import Question, Sort
from services.search.routes import Cursor, Limit, Owner, Words, json_response, snapshot
from services.search.similar import Places, Similar, places_of_dropped, places_of_photo, text_of
from services.search.state import Search, State
from services.search.understanding import Understood

router = APIRouter(prefix="/internal/v1")

Strictness = Annotated[int, Query(ge=0, le=100)]
By = Annotated[Way, Query(description="meaning, composition, mood or colour")]


def understood(state: State, owner: str, q: str) -> Understood:
    """With its words placed, if the embedder can; what is known by heart is found without it.

    Raises ``EmbedderAway`` only if nothing else is left, and ``BadQuery``.
    """
    with snapshot(state, owner) as db:
        asked = state.asking.understand(db, q, owner=owner)
    if not asked.missing or asked.model is None:
        return asked
    try:
        learn(state, asked, asked.missing)
    except EmbedderAway:
        if not asked.known_wants:
            raise
        return asked
    with snapshot(state, owner) as db:
        return state.asking.understand(db, q, owner=owner)


def learn(state: State, asked: Understood, texts: tuple[str, ...]) -> None:
    """No connection is held while the embedder thinks. Raises ``EmbedderAway``."""
    if asked.model is not None:
        state.meaning.learn(state.pool, asked.model["model_id"], asked.model["name"], texts)


@router.get("/search", response_model=SearchAnswer)
def search(
    state: Search,
    owner: Owner,
    q: Words,
    limit: Limit = 50,
    cursor: Cursor = None,
    strictness: Strictness = 50,
    weaker: bool = False,
    sort: Sort = "relevance",
) -> Response:
    question = Question(owner, q, limit, cursor, strictness, weaker, sort)
    with snapshot(state, owner) as db:
        asked = state.asking.understand(db, q, owner=owner)
        if not asked.missing:
            return _json(state.asking.written(db, question, asked))
    asked = understood(state, owner, q)
    with snapshot(state, owner) as db:
        return _json(state.asking.written(db, question, asked))


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")


@router.get("/search/chips")
def chips(state: Search, owner: Owner, q: Words) -> list[Chip]:
    """What is understood of a query while it is typed; nothing is searched."""
    with snapshot(state, owner) as db:
        asked = state.asking.understand(db, q, owner=owner)
    return [chip(meant) for meant in asked.reading.chips]


@dataclass(frozen=True)
class Alike:
    """What is asked of photos like a photo; ``q``: 'night', '-people', 'date:2024'."""

    owner: Owner
    by: By = "meaning"
    q: Words = ""
    limit: Limit = 50
    strictness: Strictness = 50
    weaker: bool = False

    def question(self) -> Question:
        return Question(
            self.owner, self.q, self.limit, strictness=self.strictness, weaker=self.weaker
        )


Likeness = Annotated[Alike, Depends()]


@router.get("/photos/{photo_id}/similar", response_model=SearchAnswer)
def similar(photo_id: UUID, state: Search, alike: Likeness) -> Response:
    """Photos like this one; ``q`` says what should differ."""
    asked = understood(state, alike.owner, alike.q)
    with snapshot(state, alike.owner) as db:
        model_id = asked.model["model_id"] if asked.model else None
        places = places_of_photo(db, alike.owner, photo_id, model_id)
        like = Similar(state.asking, alike.owner, alike.by, places, photo_id)
        return _json(like.written(db, alike.question(), asked))


@router.post("/search/by-photo", response_model=SearchAnswer)
def by_photo(dropped: Dropped, state: Search, alike: Likeness) -> Response:
    """Photos like one that is not kept, as the workers saw it."""
    asked = understood(state, alike.owner, alike.q)
    text = text_of(dropped)
    if alike.by == "meaning":
        learn(state, asked, (text,))
    with snapshot(state, alike.owner) as db:
        model_id = int(asked.model["model_id"]) if asked.model else 0
        meaning = state.meaning.recall(db, model_id, [text]).get(text)
        places: Places = places_of_dropped(db, dropped, meaning)
        like = Similar(state.asking, alike.owner, alike.by, places)
        return _json(like.written(db, alike.question(), asked))


@router.get("/tags", response_model=TagPage)
def complete_tags(
    state: Search, owner: Owner, prefix: Words = "", kind: Kind | None = None, limit: Limit = 20
) -> Response:
    with snapshot(state, owner, plan_once=True) as db:
        found = complete(db, owner, state.asking, prefix=prefix, kind=kind, limit=limit)
    return json_response(found)
