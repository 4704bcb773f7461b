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
    """SIGKILL a random service again and again; whoever was paying then is on the bill."""
    rng = random.Random(seed)
    while not stop.wait(rng.uniform(*every)):
        name = rng.choice(pipeline.names)
        if name.startswith("tagger"):
            bill.windows += ledger.open_windows(monotonic() - ON_ITS_WAY)
        pipeline.kill(name)
        bill.kills += 1


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


def repeat_events(broker: BrokerSettings, bill: Bill, stop: Flag, share: float, seed: int) -> None:
    """Deliver some events a second time, a little later, as a broker may."""
    rng = random.Random(seed)
    while not stop.is_set():
        try:
            with pika.BlockingConnection(broker.parameters) as connection:
                _repeat(connection, broker, bill, stop, share, rng)
        except (AMQPError, OSError):
            stop.wait(0.5)


def _repeat(
    connection: pika.BlockingConnection,
    broker: BrokerSettings,
    bill: Bill,
    stop: Flag,
    share: float,
    rng: random.Random,
) -> None:
    channel = connection.channel()
    broker.topology.declare(channel)
    queue = channel.queue_declare("", exclusive=True).method.queue
    for name in ("photo.uploaded", "photo.tagged", "photo.embedded", "photo.failed"):
        channel.queue_bind(queue, broker.topology.exchange, name)
    later: list[tuple[float, Event]] = []
    while not stop.is_set():
        connection.process_data_events(0.05)
        while True:
            method, properties, body = channel.basic_get(queue, auto_ack=True)
            if method is None:
                break
            if rng.random() < share:
                event = Event.from_wire(properties.type, body)
                later.append((monotonic() + rng.uniform(1.5, 4.0), event))
        while later and later[0][0] < monotonic():
            broker.topology.publish(channel, later.pop(0)[1])
            bill.duplicates += 1
            # It comes to this queue as well; whoever repeats it again does so by chance.


def in_thread(act: Callable[..., None], *args: object) -> Thread:
    thread = Thread(target=act, args=args, name=act.__name__, daemon=True)
    thread.start()
    return thread
