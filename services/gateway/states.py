"""What search says of photos, remembered for moments: a page of thumbs asks once for each."""

import time
from collections import OrderedDict
from uuid import UUID

from services.common.lifecycle import PhotoState
from services.gateway.search import SearchService
from services.gateway.who.acting import gallery

#: Seconds. What changes is forgotten at once; this is for when the news are late.
FRESH = 3.0
LARGEST = 10_000


class States:
    def __init__(self, search: SearchService) -> None:
        self._search = search
        #: With whose question it answers: what one may see is nothing for another.
        self._known: OrderedDict[UUID, tuple[float, str, PhotoState | None]] = OrderedDict()
        self._dropped = 0

    async def of(self, photo_id: UUID) -> PhotoState | None:
        """None for photos that nobody may see: never seen, not whole yet, or deleted."""
        now, owner = time.monotonic(), gallery()
        if (known := self._known.get(photo_id)) and known[0] > now and known[1] == owner:
            return known[2]
        dropped = self._dropped
        state = await self._search.state(photo_id, owner)
        if state and (state.gone or state.status == "receiving"):
            state = None
        if dropped == self._dropped:  # else this answer may be older than the news
            self._known[photo_id] = (now + FRESH, owner, state)
            if len(self._known) > LARGEST:
                self._known.popitem(last=False)
        return state

    def drop(self, photo_id: UUID) -> None:
        self._dropped += 1
        self._known.pop(photo_id, None)
