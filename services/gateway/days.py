"""/api/photos/days: the gallery's calendar, for whoever wants to jump in it."""

from fastapi import APIRouter, Response

from services.common.days import DayPage
from services.gateway.door import OpenDoor
from services.gateway.photos import AWAY, OWN

router = APIRouter(tags=["photos"])


@router.get("/api/photos/days", response_model=DayPage, responses=AWAY)
async def photo_days(door: OpenDoor) -> Response:
    """How many photos came on each day; the list begins there with the day's `cursor`."""
    return await door.search.pass_on("GET", "/days", OWN)
