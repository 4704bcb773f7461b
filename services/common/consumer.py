"""The loop that turns deliveries into handler calls.

One thread, the caller's, owns the connection: it pumps heartbeats, deliveries,
publishes and acknowledgements. A pool of threads runs the handlers; all they
touch of pika is ``add_callback_threadsafe``.

A handler is a function from an event to the events that follow from it. The
loop publishes those, waits until the broker has them, and only then
acknowledges: an event may be handled twice, but it is never lost.

What a handler cannot do becomes an event too (``on_failure``), for retries are
rows in the database. Where no event can tell it, because the record itself is
out of reach, the deliveries stay unacknowledged, the connection is closed, and
consuming goes on when ``well`` says so: nothing is ever sent round in circles.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Event as Flag
from typing import Any

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError

from services.common import tracing
from services.common.errors import Refuse
from services.common.events import Event
from services.common.killpoint import reach
from services.common.settings import BrokerSettings
from services.common.signing import carried
from services.common.telemetry import HANDLED, HANDLING, photo_context
from services.common.topology import PARKED, Topology, message_properties

log = structlog.get_logger(__name__)

Handler = Callable[[Any], Iterable[Event]]
OnFailure = Callable[[Event, Exception], Iterable[Event]]

#: The loop counts as stuck when it has not come round for so long, in seconds.
STUCK_AFTER = 30.0
LONGEST_PAUSE = 15.0


class OutOfReach(Exception):
    """The handler's own neighbour is away and no event can say so: wait until it is back."""


def raise_again(_: Event, error: Exception) -> Iterable[Event]:
    raise OutOfReach(repr(error)) from error


def always_well() -> bool:
    return True


@dataclass(frozen=True)
class Delivery:
    """One message and the channel it came by: its tag means nothing on any other channel."""

    channel: BlockingChannel
    tag: int
    name: str
    body: bytes
    headers: Mapping[str, Any]


@dataclass
class Consumer:
    """``on_failure`` tells a failure by events; if it raises, the loop pauses until ``well``."""

    service: str
    handlers: Mapping[type[Event], Handler]
    broker: BrokerSettings
    threads: int = 4
    grace: float = 25.0
    on_failure: OnFailure = raise_again
    well: Callable[[], bool] = always_well

    ready: bool = field(default=False, init=False)
    _last_beat: float = field(default_factory=time.monotonic, init=False)
    _in_flight: int = field(default=0, init=False)
    _unwell: Exception | None = field(default=None, init=False)

    @property
    def topology(self) -> Topology:
        return self.broker.topology

    @property
    def alive(self) -> bool:
        """False when the loop has not come round for ``STUCK_AFTER`` seconds."""
        return time.monotonic() - self._last_beat < STUCK_AFTER

    def run(self, stop: Flag) -> None:
        """Consume until ``stop`` is set, coming back from every lost connection."""
        failures = 0
        with ThreadPoolExecutor(self.threads, f"{self.service}-handler") as pool:
            while not stop.is_set():
                try:
                    self._wait_until_well(stop)
                    with pika.BlockingConnection(self.broker.parameters) as connection:
                        failures = 0
                        self._consume(connection, pool, stop)
                except (AMQPError, OSError, OutOfReach) as error:
                    failures += 1
                    pause = random.uniform(0.5, 1.0) * min(LONGEST_PAUSE, 0.5 * 2.0**failures)
                    log.warning("consuming paused", error=repr(error), seconds=round(pause, 1))
                    self._pause(pause, stop)
                finally:
                    self.ready = False

    def _wait_until_well(self, stop: Flag) -> None:
        while not stop.is_set() and not self.well():
            self._pause(1.0, stop)

    def _pause(self, seconds: float, stop: Flag) -> None:
        stop.wait(seconds)
        self._last_beat = time.monotonic()

    def _consume(
        self, connection: BlockingConnection, pool: ThreadPoolExecutor, stop: Flag
    ) -> None:
        self._in_flight, self._unwell = 0, None
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=self.threads)
        self.topology.declare(channel)

        def receive(_: Any, method: Any, properties: Any, body: bytes) -> None:
            self._in_flight += 1
            name, headers = properties.type or "", properties.headers or {}
            delivery = Delivery(channel, method.delivery_tag, name, body, headers)
            pool.submit(self._handle, connection, delivery)

        consumer_tag = channel.basic_consume(self.topology.queue(self.service), receive)
        self.ready = True
        log.info("consuming", queue=self.topology.queue(self.service))
        while not stop.is_set() and not self._unwell:
            self._pump(connection)
        self.ready = False
        channel.basic_cancel(consumer_tag)
        deadline = time.monotonic() + self.grace
        while self._in_flight and time.monotonic() < deadline:
            self._pump(connection)
        if self._unwell:
            raise OutOfReach(str(self._unwell))

    def _pump(self, connection: BlockingConnection) -> None:
        connection.process_data_events(time_limit=0.2)
        self._last_beat = time.monotonic()

    def _handle(self, connection: BlockingConnection, delivery: Delivery) -> None:
        """Runs on a pool thread; hands the outcome to the thread that owns the channel."""
        settle: Callable[[], None]
        try:
            self.topology.signing.verify(delivery.name, delivery.body, delivery.headers)
            event = Event.from_wire(delivery.name, delivery.body)
            handler = self.handlers[type(event)]
        except (Refuse, KeyError) as error:
            settle = partial(self._park, delivery, error)
        else:
            with photo_context(event), HANDLING.labels(self.service, event.name).time():
                settle = self._outcome(delivery, event, handler)
        try:
            connection.add_callback_threadsafe(settle)
        except AMQPError:
            log.info(
                "outlived its connection; it will be delivered again", event_name=delivery.name
            )

    def _outcome(self, delivery: Delivery, event: Event, handler: Handler) -> Callable[[], None]:
        try:
            return partial(self._succeed, delivery, tracing.stamped(handler(event)))
        except Exception as failure:
            try:
                told = tracing.stamped(self.on_failure(event, failure))
            except Exception as error:
                return partial(self._give_back, error)
            return partial(self._succeed, delivery, told)

    def _succeed(self, delivery: Delivery, events: Iterable[Event]) -> None:
        reach(f"{self.service}.handled")
        for event in events:
            self.topology.publish(delivery.channel, event)
        reach(f"{self.service}.published")
        self._acknowledge(delivery)
        HANDLED.labels(self.service, delivery.name).inc()

    def _give_back(self, error: Exception) -> None:
        """Leave the delivery unacknowledged; closing the channel returns it to the queue."""
        self._in_flight -= 1
        self._unwell = error

    def _park(self, delivery: Delivery, error: Exception) -> None:
        """A message that nobody can read is moved, never sent round again."""
        log.error("parked", event_name=delivery.name, error=repr(error)[:500])
        why = {"reason": repr(error)[:500], "queue": self.service}
        properties = message_properties(delivery.name, {**carried(delivery.headers), **why})
        # By the exchange: who may publish by queue names may publish everything.
        delivery.channel.basic_publish(
            self.topology.exchange, PARKED, delivery.body, properties, mandatory=True
        )
        self._acknowledge(delivery)

    def _acknowledge(self, delivery: Delivery) -> None:
        delivery.channel.basic_ack(delivery.tag)
        self._in_flight -= 1
