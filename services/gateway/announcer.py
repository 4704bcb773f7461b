"""Telling the workers of a photo, without ever making its sender wait for the broker."""

import asyncio
from concurrent.futures import Future

from services.common.events import Event
from services.common.publisher import Publisher

#: The sweeper tells what the broker does not take; this only spares it the work.
PATIENCE = 0.3


class Announcer:
    """Waits for the broker's word as long as the broker keeps giving it.

    A broker that let somebody wait in vain is not waited for again until it has taken something.
    """

    def __init__(self, publisher: Publisher, *, patience: float = PATIENCE) -> None:
        self._publisher, self._patience = publisher, patience
        self._prompt = True

    @property
    def ready(self) -> bool:
        return self._publisher.ready and self._prompt

    async def tell(self, event: Event) -> bool:
        """True when the broker has the event; False is no failure, and it may still get it."""
        sent = self._publisher.publish(event)
        sent.add_done_callback(self._note)
        if not self.ready:
            return False
        waiting = asyncio.wrap_future(sent)
        waiting.add_done_callback(_heard)
        done, _ = await asyncio.wait({waiting}, timeout=self._patience)
        self._prompt = self._prompt and bool(done)
        return any(task.exception() is None for task in done)

    def _note(self, sent: "Future[None]") -> None:
        if not sent.cancelled():
            self._prompt = sent.exception() is None


def _heard(sent: "asyncio.Future[None]") -> None:
    """asyncio complains of failures that nobody looks at; this one is no news."""
    if not sent.cancelled():
        sent.exception()
