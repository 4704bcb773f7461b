"""Hears what the broker tells gateways: a thread, a connection and a queue of its own."""

import random
from collections.abc import Callable
from threading import Event as Flag
from threading import Thread
from typing import Any, Self

import pika
import structlog
from pika.adapters.blocking_connection import BlockingConnection
from pika.exceptions import AMQPError

from services.common.errors import Refuse
from services.common.events import Event, PhotoChanged, PhotoTagged
from services.common.settings import BrokerSettings

log = structlog.get_logger(__name__)

Hear = Callable[[PhotoChanged | PhotoTagged], None]


class Listener:
    """Calls ``hear`` on its own thread. Whatever came while it had no queue is lost to it."""

    def __init__(self, broker: BrokerSettings, hear: Hear) -> None:
        self._broker, self._hear = broker, hear
        self._closing = Flag()
        self._thread = Thread(target=self._run, name="listener", daemon=True)
        self._queues, self._listening = 0, False

    @property
    def hearing(self) -> int:
        """The number of the present queue, counted from 1; 0 while there is none."""
        return self._queues if self._listening else 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with pika.BlockingConnection(self._broker.parameters) as connection:
                    self._listen(connection)
            except (AMQPError, OSError) as error:
                log.warning("listening paused", error=repr(error))
            finally:
                self._listening = False
            self._closing.wait(random.uniform(0.5, 1.5))

    def _listen(self, connection: BlockingConnection) -> None:
        channel = connection.channel()
        self._broker.topology.declare(channel)
        queue = self._broker.topology.listen(channel)
        channel.basic_consume(queue, self._receive, auto_ack=True)
        self._queues += 1
        self._listening = True
        while not self._closing.is_set():
            connection.process_data_events(time_limit=0.5)

    def _receive(self, _: Any, __: Any, properties: Any, body: bytes) -> None:
        try:
            name = properties.type or ""
            self._broker.topology.signing.verify(name, body, properties.headers)
            event = Event.from_wire(name, body)
        except Refuse as error:
            log.warning("unreadable news", error=str(error)[:300])
            return
        if isinstance(event, PhotoChanged | PhotoTagged):
            self._hear(event)
