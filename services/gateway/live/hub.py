"""The pages that listen, and what each still has to be told. Lives on the event loop's thread."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import structlog

from services.common.events import PhotoChanged, PhotoTagged
from services.common.problems import Problem, away
from services.gateway.live.news import RELOAD, News, of_change, of_event
from services.gateway.metrics import STREAMS
from services.gateway.search import SearchService
from services.gateway.who.acting import gallery

log = structlog.get_logger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")

#: A page that is so many news behind is let go; it comes back and asks what it missed.
BEHIND = 500
#: Numbers are given before they are committed, so that a lower one may show up a little later.
OVERLAP = 50
#: More missed changes than that, and a page does better to load everything anew.
CATCH_UP = 200
#: Of changes and photos that are remembered, to tell nothing twice and nothing outdated.
REMEMBERED = 2_000


class Page:
    """One listener: a bounded queue, and the moment it is let go."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.news: asyncio.Queue[bytes] = asyncio.Queue(BEHIND)
        self.let_go = asyncio.Event()

    def tell(self, message: bytes) -> None:
        try:
            self.news.put_nowait(message)
        except asyncio.QueueFull:
            self.let_go.set()


class Hub:
    def __init__(
        self, search: SearchService, *, most: int, changed: Callable[[UUID], None]
    ) -> None:
        self._search, self._most, self._changed = search, most, changed
        self._pages: set[Page] = set()
        self._told: OrderedDict[int, None] = OrderedDict()
        self._done: OrderedDict[str, int] = OrderedDict()
        #: How far each gallery has been told; numbers are given to all galleries together.
        self._latest: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._pages)

    @contextmanager
    def page(self) -> Iterator[Page]:
        if len(self._pages) >= self._most:
            raise away("busy", "too many pages are listening; try again later")
        page = Page(gallery())
        self._pages.add(page)
        STREAMS.set(len(self._pages))
        try:
            yield page
        finally:
            self._pages.discard(page)
            STREAMS.set(len(self._pages))

    def close(self) -> None:
        for page in self._pages:
            page.let_go.set()

    def hear(self, event: PhotoChanged | PhotoTagged) -> None:
        """What the broker brings."""
        news = of_event(event)
        if isinstance(event, PhotoChanged):
            self._changed(event.photo_id)
            self._tell(news)
        elif self._done.get(news.told.id, 0) < event.generation:
            self._send(news)

    async def catch_up(self) -> bool:
        """Ask search what the broker did not bring; False when search cannot say."""
        for forgotten in self._latest.keys() - self._owners():
            del self._latest[forgotten]
        return all([await self._catch_up(owner) for owner in self._owners()])

    def _owners(self) -> set[str]:
        """Whose news anybody waits for."""
        return {page.owner for page in self._pages}

    async def _catch_up(self, owner: str) -> bool:
        try:
            if (latest := self._latest.get(owner)) is None:
                self._latest[owner] = await self._search.latest_seq(owner)
                return True
            missed = await self._search.changes(owner, max(0, latest - OVERLAP), CATCH_UP)
        except Problem:
            return False
        if not missed.complete:
            self._latest[owner] = await self._latest_or(owner, latest)
            for page in self._pages:
                if page.owner == owner:
                    page.tell(RELOAD)
            return True
        for change in missed.changes:
            self._changed(UUID(change.id))
            if change.seq not in self._told:
                self._tell(of_change(change))
        return True

    async def missed_by(self, after: int) -> list[News] | None:
        """For a page that comes back; None when that is too much. Raises ``Problem``."""
        missed = await self._search.changes(gallery(), max(0, after - OVERLAP), CATCH_UP)
        return [of_change(change) for change in missed.changes] if missed.complete else None

    async def latest(self) -> int:
        """Raises ``Problem``."""
        return await self._search.latest_seq(gallery())

    async def _latest_or(self, owner: str, seq: int) -> int:
        try:
            return max(seq, await self._search.latest_seq(owner))
        except Problem:
            return seq

    def _tell(self, news: News) -> None:
        seq = news.seq or 0
        self._latest[news.owner] = max(self._latest.get(news.owner, 0), seq)
        _remember(self._told, seq, None)
        if news.told.status != "queued":
            _remember(self._done, news.told.id, news.told.generation)
        self._send(news)

    def _send(self, news: News) -> None:
        message = news.to_wire()
        for page in self._pages:
            if page.owner == news.owner:
                page.tell(message)


def _remember(memory: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
