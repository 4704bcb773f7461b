"""POST /api/samples: the photos that come with imgcap, for a gallery that has none yet."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import APIRouter

from services.common.api import PhotoPage
from services.common.problems import Problem
from services.gateway.answers import Uploaded
from services.gateway.door import Door, OpenDoor
from services.gateway.photos import OWN
from services.gateway.reception import Outcome
from services.gateway.uploads import RESPONSES

router = APIRouter(tags=["photos"])

#: People's own photos come first.
AT_ONCE = 2
#: What the folder may hold besides photos is no photo.
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@router.post("/api/samples", status_code=202, response_model=Uploaded, responses=RESPONSES)
async def load_samples(door: OpenDoor) -> Uploaded:
    """Take the sample photos in, as if they had been uploaded. Only into an empty gallery."""
    photos = _samples(door.settings.samples)
    if not photos:
        raise Problem(404, "no-samples", "there are no sample photos on this machine")
    answer = await door.search.pass_on("GET", "/photos", {**OWN, "limit": 1})
    if PhotoPage.model_validate_json(bytes(answer.body)).total:
        raise Problem(409, "not-empty", "there are photos in the gallery already")
    turns = asyncio.Semaphore(AT_ONCE)
    outcomes = await asyncio.gather(*(_take(door, path, turns) for path in photos))
    taken = Outcome([photo for outcome in outcomes for photo in outcome.photos])
    return taken.answer()[1]


def _samples(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


async def _take(door: Door, path: Path, turns: asyncio.Semaphore) -> Outcome:
    async with turns:
        return await door.reception.take_photo(_content(path), path.name)


async def _content(path: Path) -> AsyncIterator[bytes]:
    yield await asyncio.to_thread(path.read_bytes)
