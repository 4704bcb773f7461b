"""Publishing without waiting for the broker: one thread owns the connection, callers hold futures.

The row in the database is the promise, publishing is an optimisation: what the
broker cannot take within ``patience`` is let go, and the sweeper does it again.
"""

import queue
import random
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Thread
from typing import Self

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError, NackError, UnroutableError

from services.common import tracing
from services.common.events import Event
from services.common.settings import BrokerSettings

log = structlog.get_logger(__name__)

#: Letters that may wait for the broker; the next one is let go at once.
OUTBOX = 1000
#: A letter older than this is let go: the sweeper has noticed by then.
PATIENCE = 10.0


@dataclass(frozen=True)
class Letter:
    event: Event
    sent: "Future[None]" = field(default_factory=Future)
    written_at: float = field(default_factory=time.monotonic)

    @property
    def wanted(self) -> bool:
        return time.monotonic() - self.written_at < PATIENCE and not self.sent.cancelled()


class Publisher:
    """The future from ``publish`` is done once the broker has the event on disk.

    It fails with ``ConnectionError`` when the event was let go, and may be cancelled.
    """

    def __init__(self, broker: BrokerSettings) -> None:
        self._broker = broker
        self._outbox: queue.Queue[Letter] = queue.Queue(OUTBOX)
        self._unconfirmed: Letter | None = None
        self._closing = Flag()
        self._thread = Thread(target=self._run, name="publisher", daemon=True)
        self.ready = False

    def publish(self, event: Event) -> "Future[None]":
        letter = Letter(event if event.traceparent else tracing.stamped([event])[0])
        try:
            self._outbox.put_nowait(letter)
        except queue.Full:
            letter.sent.set_exception(ConnectionError("too many events wait for the broker"))
        return letter.sent

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while True:
            try:
                with pika.BlockingConnection(self._broker.parameters) as connection:
                    self._send_until_closed(connection)
                    return
            except (AMQPError, OSError) as error:
                log.warning("publishing paused", error=repr(error))
            finally:
                self.ready = False
            if self._closing.wait(random.uniform(0.5, 1.5)):
                return self._let_go_of_the_rest()
            self._let_go_of_the_old()

    def _send_until_closed(self, connection: BlockingConnection) -> None:
        channel = connection.channel()
        channel.confirm_delivery()
        self._broker.topology.declare(channel)
        self.ready = True
        while True:
            self._unconfirmed = self._unconfirmed or self._next_letter()
            if self._unconfirmed:
                self._send(channel, self._unconfirmed)
                self._unconfirmed = None
            elif self._closing.is_set():
                return
            else:
                connection.process_data_events()

    def _send(self, channel: BlockingChannel, letter: Letter) -> None:
        if not letter.wanted:
            return _let_go(letter)
        try:
            self._broker.topology.publish(channel, letter.event)
        except (NackError, UnroutableError) as refusal:
            log.warning("the broker refused", event_name=letter.event.name, error=repr(refusal))
            _let_go(letter)
        else:
            _settle(letter)

    def _next_letter(self) -> Letter | None:
        try:
            return self._outbox.get(timeout=0.2)
        except queue.Empty:
            return None

    def _let_go_of_the_old(self) -> None:
        """While the broker is away: whoever waited longest hears it first."""
        if self._unconfirmed and not self._unconfirmed.wanted:
            _let_go(self._unconfirmed)
            self._unconfirmed = None
        while self._outbox.qsize() and not self._outbox.queue[0].wanted:
            _let_go(self._outbox.get_nowait())

    def _let_go_of_the_rest(self) -> None:
        if self._unconfirmed:
            _let_go(self._unconfirmed)
        while self._outbox.qsize():
            _let_go(self._outbox.get_nowait())


def _settle(letter: Letter) -> None:
    if letter.sent.set_running_or_notify_cancel():
        letter.sent.set_result(None)


def _let_go(letter: Letter) -> None:
    if letter.sent.set_running_or_notify_cancel():
        letter.sent.set_exception(ConnectionError("the broker did not take the event in time"))
