"""/api/quote, /api/spend: what photos would cost, and what they did."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.common.money import Quote, Spend
from services.gateway.door import OpenDoor
from services.gateway.photos import AWAY

router = APIRouter(tags=["money"])


@router.get("/api/quote", response_model=Quote, responses=AWAY)
async def quote(
    door: OpenDoor,
    photos: Annotated[int, Query(ge=0, le=10**9, description="how many photos")],
    now: Annotated[bool, Query(description="without waiting for half the price")] = False,
) -> Response:
    """What so many photos would cost with the providers that are set; nothing is paid for it."""
    return await door.search.pass_on("GET", "/quote", {"photos": photos, "now": str(now).lower()})


@router.get("/api/spend", response_model=Spend, responses=AWAY)
async def spend(
    door: OpenDoor,
    days: Annotated[int, Query(ge=1, le=400, description="back from today")] = 31,
) -> Response:
    """What each day, provider and model has cost, and what is left of the caps."""
    return await door.search.pass_on("GET", "/spend", {"days": days})
