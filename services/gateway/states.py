"""What search says of photos, remembered for moments: a page of thumbs asks once for each."""

import time
from collections import OrderedDict
from uuid import UUID

from services.common.api import PhotoState
from services.gateway.search import SearchService

#: Seconds. What changes is forgotten at once; this is for when the news are late.
FRESH = 3.0
LARGEST = 10_000


class States:
    def __init__(self, search: SearchService, owner: str) -> None:
        self._search, self._owner = search, owner
        self._known: OrderedDict[UUID, tuple[float, PhotoState | None]] = OrderedDict()
        self._dropped = 0

    async def of(self, photo_id: UUID) -> PhotoState | None:
        """None for photos that nobody may see: never seen, not whole yet, or deleted."""
        now = time.monotonic()
        if (known := self._known.get(photo_id)) and known[0] > now:
            return known[1]
        dropped = self._dropped
        state = await self._search.state(photo_id, self._owner)
        if state and (state.gone or state.status == "receiving"):
            state = None
        if dropped == self._dropped:  # else this answer may be older than the news
            self._known[photo_id] = (now + FRESH, state)
            if len(self._known) > LARGEST:
                self._known.popitem(last=False)
        return state

    def drop(self, photo_id: UUID) -> None:
        self._dropped += 1
        self._known.pop(photo_id, None)
