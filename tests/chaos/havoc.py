"""The one who breaks things, at random but from a seed, and keeps the bill of what it broke."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Thread
from time import monotonic

import pika
from pika.exceptions import AMQPError

from services.common.events import Event
from services.common.settings import BrokerSettings
from services.embedded.node import Node
from tests.system.pipeline import Pipeline
from tests.system.provider import Ledger

#: An answer may be out of the provider and not yet in the cache for so long, in seconds.
ON_ITS_WAY = 0.5
#: Its neighbours may be dead too, so nobody waits for ever for a killed service, in seconds.
BACK_WITHIN = 6.0


@dataclass
class Bill:
    kills: int = 0
    windows: int = 0
    duplicates: int = 0
    done: list[str] = field(default_factory=list)


def kill_services(
    pipeline: Pipeline,
    ledger: Ledger,
    bill: Bill,
    stop: Flag,
    every: tuple[float, float],
    seed: int,
) -> None:
    """SIGKILL a random service, again as soon as it is back; who was paying is on the bill."""
    rng = random.Random(seed)
    while not stop.wait(rng.uniform(*every)):
        name = rng.choice(pipeline.names)
        if name.startswith("tagger"):
            bill.windows += ledger.open_windows(monotonic() - ON_ITS_WAY)
        pipeline.kill(name)
        bill.kills += 1
        deadline = monotonic() + BACK_WITHIN
        while not stop.wait(0.05) and monotonic() < deadline and not pipeline.is_ready(name):
            pass


def break_neighbours(plan: Sequence[tuple[float, str, Callable[[], object]]], bill: Bill) -> None:
    """Each at its own time, in seconds from now."""
    began, waiting = monotonic(), Flag()
    for at, what, act in plan:
        waiting.wait(max(0.0, began + at - monotonic()))
        act()
        bill.done.append(what)


def kill_and_start(node: Node) -> None:
    node.kill()
    node.start()


def wipe_and_start(node: Node) -> None:
    node.kill()
    node.wipe()
    node.start()


@dataclass
class Repeater:
    """Delivers some events a second time, a little later, as a broker may."""

    broker: BrokerSettings
    bill: Bill
    stop: Flag
    share: float
    rng: random.Random
    later: list[tuple[float, Event]] = field(default_factory=list)

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                with pika.BlockingConnection(self.broker.parameters) as connection:
                    self._listen(connection)
            except (AMQPError, OSError):
                self.stop.wait(0.5)

    def _listen(self, connection: pika.BlockingConnection) -> None:
        channel = connection.channel()
        self.broker.topology.declare(channel)
        queue = channel.queue_declare("", exclusive=True).method.queue
        for name in ("photo.uploaded", "photo.tagged", "photo.embedded", "photo.failed"):
            channel.queue_bind(queue, self.broker.topology.exchange, name)
        while not self.stop.is_set():
            connection.process_data_events(0.05)
            method, properties, body = channel.basic_get(queue, auto_ack=True)
            if method and self.rng.random() < self.share:
                event = Event.from_wire(properties.type, body)
                self.later.append((monotonic() + self.rng.uniform(1.5, 4.0), event))
            while self.later and self.later[0][0] < monotonic():
                self.broker.topology.publish(channel, self.later.pop(0)[1])
                self.bill.duplicates += 1


def in_thread(act: Callable[..., None], *args: object) -> Thread:
    thread = Thread(target=act, args=args, name=act.__name__, daemon=True)
    thread.start()
    return thread
