"""What of an answer is not for everybody's eyes: places, digests, money, guesses, file names."""

from typing import Any

import orjson
from pydantic import BaseModel

from services.common.accounts import Who
from services.common.api import Photo, Swatch

#: Never for guests: where a photo was taken, what it cost, who it was sent to, what it is bit by
#: bit, what is only guessed of it. In their stead comes what says nothing.
HIDDEN: dict[str, Any] = {
    "latitude": None,
    "longitude": None,
    "sha256": "",
    "cost": "0",
    "spent": "0",
    "sent": [],
    "guesses": [],
    "budgets": [],
    "providers": [],
    "warnings": [],
}


def seen_by(who: Who, body: bytes) -> bytes:
    """An answer of search, as this person may read it."""
    return orjson.dumps(_hidden(orjson.loads(body))) if who.role == "guest" and body else body


def _hidden(told: Any) -> Any:
    if isinstance(told, list):
        return [_hidden(one) for one in told]
    if isinstance(told, dict):
        return {
            name: HIDDEN[name] if name in HIDDEN else _hidden(one) for name, one in told.items()
        }
    return told


class SharedPhoto(BaseModel):
    """All that a link tells of a photo; the last four only where its maker said so."""

    id: str
    width: int
    height: int
    thumbhash: str
    palette: list[Swatch]
    caption: str
    thumb: str
    display: str
    original: str | None = None
    filename: str | None = None
    taken_at: str | None = None


def shared(photo: Photo, token: str, *, facts: bool, originals: bool) -> SharedPhoto:
    def address(form: str) -> str:
        return f"/api/s/{token}/photos/{photo.id}/{form}"

    return SharedPhoto(
        **photo.model_dump(include={"id", "width", "height", "thumbhash", "palette", "caption"}),
        thumb=address("thumb"),
        display=address("display"),
        original=address("original") if originals else None,
        filename=photo.filename if facts else None,
        taken_at=photo.taken_at.isoformat() if facts and photo.taken_at else None,
    )
