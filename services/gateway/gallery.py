"""/api/search, /api/tags, /api/status: questions to the whole gallery."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from services.common.api import GalleryStatus, SearchAnswer, TagPage
from services.gateway.door import OpenDoor
from services.gateway.finding import Strictness
from services.gateway.photos import AWAY
from services.gateway.who.acting import OWN
from services.gateway.words import Cursor, Limit, OfKind, Words

router = APIRouter()

VERSION = "0.1.0"
#: Of the gateway's own neighbours; search names the workers' queues.
NEIGHBOURS = ("tagger", "embedder", "search")


@router.get("/api/search", response_model=SearchAnswer, responses=AWAY, tags=["search"])
async def search_photos(
    door: OpenDoor,
    q: Annotated[
        Words,
        Query(
            description="what the photo shows, its mood, its composition",
            openapi_examples={
                "content": {"value": "a dog on a beach"},
                "composition": {"value": "leading lines"},
                "together": {"value": "melancholic harbour, symmetry"},
            },
        ),
    ] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
    strictness: Strictness = 50,
    weaker: bool = False,
    sort: Literal["relevance", "newest", "oldest"] = "relevance",
) -> Response:
    """Photos that match, best first; each says how well (`likeness`, 0..1) and `why`."""
    fields: dict[str, Any] = {
        **OWN,
        "q": q,
        "limit": limit,
        **({"cursor": cursor} if cursor else {}),
    }
    fields |= {"strictness": strictness, "weaker": weaker, "sort": sort}
    return await door.search.pass_on("GET", "/search", fields)


@router.get("/api/tags", response_model=TagPage, responses=AWAY, tags=["search"])
async def complete_tags(
    door: OpenDoor, prefix: Words = "", kind: OfKind = None, limit: Limit = 20
) -> Response:
    """Tags that begin so, with the number of photos that have them."""
    fields = {**OWN, "prefix": prefix, "limit": limit, **({"kind": kind} if kind else {})}
    return await door.search.pass_on("GET", "/tags", fields)


@router.get("/api/status", response_model=GalleryStatus, responses=AWAY, tags=["status"])
async def gallery_status(door: OpenDoor) -> Response:
    """How many photos are where, how much work waits, and who is at work."""
    answer = await door.search.pass_on("GET", "/status", OWN)
    status = GalleryStatus.model_validate_json(bytes(answer.body))
    queues = status.queues or {}
    working = {name: queues[name].consumers > 0 for name in NEIGHBOURS if name in queues}
    services = {
        **status.services,
        **working,
        "gateway": True,
        "broker": door.announcer.ready,
        "store": await door.store.ready(),
    }
    versions = {**status.versions, "gateway": VERSION}
    told = status.model_copy(update={"services": services, "versions": versions})
    return Response(told.model_dump_json(), media_type="application/json")
