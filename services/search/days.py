"""/internal/v1/days: how many photos came when, and where in the list each day begins."""

from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.common.days import Day, DayPage
from services.search.gallery import write_cursor
from services.search.routes import Owner, json_response, transaction
from services.search.sql import SQL
from services.search.state import Search

router = APIRouter(prefix="/internal/v1")

#: Below every photo's: a cursor of this id stands before all photos of its moment.
FIRST = UUID(int=0)


@router.get("/days", response_model=DayPage)
def days(state: Search, owner: Owner) -> Response:
    with transaction(state, owner) as db:
        found = db.execute(SQL["days_of_photos"], {"owner": owner}).fetchall()
    return json_response(DayPage(days=[_day(day, count) for day, count in found]))


def _day(day: date, count: int) -> Day:
    after = day + timedelta(days=1)
    cursor = write_cursor(f"{after.isoformat()}T00:00:00+00:00", FIRST)
    return Day(day=day, count=count, cursor=cursor)
