"""The API's words for when photos came."""

from datetime import date

from pydantic import BaseModel, Field


class Day(BaseModel):
    """``cursor``: of the list of photos, newest first, from this day on back in time."""

    day: date = Field(description="in UTC")
    count: int
    cursor: str


class DayPage(BaseModel):
    days: list[Day] = Field(description="days with photos, the newest first")
