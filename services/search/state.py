"""What every request of the search service can reach; wired in ``__main__``."""

from dataclasses import dataclass, field
from functools import cached_property
from threading import Event as Flag
from typing import Annotated, cast

from fastapi import Depends, Request

from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.depths import Depths
from services.common.publisher import Publisher
from services.search.database import Pool
from services.search.meaning import Meaning
from services.search.overview import Overview
from services.search.query import Asking
from services.search.replicas import Reads
from services.search.settings import Settings
from services.search.vocabulary import Vocabulary


@dataclass(frozen=True)
class State:
    settings: Settings
    pool: Pool
    publisher: Publisher
    consumer: Consumer
    blobs: Blobs
    meaning: Meaning
    reading: Reads | None = None
    migrated: Flag = field(default_factory=Flag)

    @property
    def readers(self) -> Reads:
        """For searches; the one pool for all where nobody made another."""
        return self.reading or self.pool

    @cached_property
    def asking(self) -> Asking:
        return Asking(Vocabulary(), self.meaning)

    @cached_property
    def depths(self) -> Depths:
        return Depths(self.settings.broker)

    @cached_property
    def overview(self) -> Overview:
        return Overview(self.pool, self.settings.budget)


async def _state(request: Request) -> State:
    """Not in a thread of its own, as a plain function would be: half of what a route costs."""
    return cast(State, request.app.state.search)


Search = Annotated[State, Depends(_state)]
