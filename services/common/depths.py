"""How much work waits: a look at every queue, at once or as last seen in the background."""

import time
from contextlib import suppress
from threading import Event as Flag
from threading import Lock, Thread

import pika
from pika.adapters.blocking_connection import BlockingConnection
from pika.exceptions import AMQPError

from services.common.api import QueueDepth
from services.common.settings import BrokerSettings
from services.common.topology import PARKED, SUBSCRIPTIONS

#: Seconds between two looks, and how long the latest one counts.
EVERY, FRESH = 2.0, 10.0
#: Whoever asks first waits so long, nobody else waits at all; then, unasked, the looking ends.
FIRST, UNASKED = 1.0, 60.0


def queue_depths(broker: BrokerSettings) -> dict[str, QueueDepth] | None:
    """Messages ready and consumers per queue; None while the broker is away."""
    with suppress(AMQPError, OSError), pika.BlockingConnection(broker.parameters) as connection:
        return _look(connection, broker)
    return None


def _look(connection: BlockingConnection, broker: BrokerSettings) -> dict[str, QueueDepth]:
    channel, depths = connection.channel(), {}
    for service in (*SUBSCRIPTIONS, PARKED):
        found = channel.queue_declare(broker.topology.queue(service), passive=True).method
        depths[service] = QueueDepth(ready=found.message_count, consumers=found.consumer_count)
    channel.close()
    return depths


class Depths:
    """A broker may take connections and never answer: that is this thread's trouble alone."""

    def __init__(self, broker: BrokerSettings) -> None:
        self._broker = broker
        self._seen: dict[str, QueueDepth] | None = None
        self._seen_at = self._asked_at = 0.0
        self._version = ""
        self._looking: Thread | None = None
        self._lock = Lock()

    @property
    def version(self) -> str:
        """The broker's own; empty while it is not known."""
        return self._version

    def latest(self) -> dict[str, QueueDepth] | None:
        """None while the broker is away, or has not answered for a while."""
        with self._lock:
            self._asked_at = time.monotonic()
            begun = None if self._looking and self._looking.is_alive() else Flag()
            if begun:
                self._looking = Thread(target=self._watch, args=[begun], name="depths", daemon=True)
                self._looking.start()
        if begun:
            begun.wait(FIRST)
        return self._seen if time.monotonic() - self._seen_at < FRESH else None

    def _watch(self, looked: Flag) -> None:
        while self._wanted():
            try:
                with pika.BlockingConnection(self._broker.parameters) as connection:
                    self._version = _version_of(connection)
                    while self._wanted():
                        self._seen, self._seen_at = (
                            _look(connection, self._broker),
                            time.monotonic(),
                        )
                        looked.set()
                        connection.process_data_events(time_limit=EVERY)
            except (AMQPError, OSError):
                self._seen = None
                looked.set()
                time.sleep(EVERY)

    def _wanted(self) -> bool:
        return time.monotonic() - self._asked_at < UNASKED


def _version_of(connection: BlockingConnection) -> str:
    """pika keeps what the server says of itself where no public name leads."""
    properties = getattr(getattr(connection, "_impl", None), "server_properties", None) or {}
    return str(properties.get("version", ""))
