"""The queue of events that nobody could handle: look, send again, throw away.

Looking moves every letter from the front to the back and never returns one unread: a broker counts
returned letters, and loses those that came back too often.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, NackError, UnroutableError

from services.cli.trouble import Trouble
from services.common.settings import BrokerSettings
from services.common.signing import carried
from services.common.topology import message_properties

Verdict = Literal["keep", "replay", "drop"]


@dataclass(frozen=True)
class Letter:
    name: str
    body: bytes
    headers: Mapping[str, Any]

    @property
    def queue(self) -> str:
        """Where it was to go, with the broker's or our own word for it."""
        return str(self.headers.get("x-first-death-queue") or self.headers.get("queue") or "")

    @property
    def reason(self) -> str:
        return str(self.headers.get("reason") or self.headers.get("x-first-death-reason") or "?")

    @property
    def photo_id(self) -> str:
        return self._field("photo_id")

    @property
    def occurred_at(self) -> str:
        return self._field("occurred_at")

    def _field(self, name: str) -> str:
        try:
            return str(json.loads(self.body)[name])
        except (ValueError, KeyError, TypeError):
            return ""


@dataclass(frozen=True)
class Parked:
    broker: BrokerSettings
    channel: BlockingChannel

    def visit(self, decide: Callable[[Letter], Verdict]) -> list[tuple[Letter, Verdict]]:
        """Every letter that is there now, once; what became of it."""
        queue = self.broker.topology.parked
        waiting = self.channel.queue_declare(queue, passive=True).method.message_count
        visited = []
        for _ in range(waiting):
            method, properties, body = self.channel.basic_get(queue)
            if method is None:
                break
            letter = Letter(properties.type or "", body, properties.headers or {})
            verdict = self._carry_out(letter, decide(letter))
            self.channel.basic_ack(method.delivery_tag)
            visited.append((letter, verdict))
        return visited

    def _carry_out(self, letter: Letter, verdict: Verdict) -> Verdict:
        """The copy is with the broker before the letter is taken out."""
        if verdict == "drop":
            return "drop"
        if verdict == "replay" and letter.queue:
            try:
                self._put(letter.queue, letter, {})
            except (UnroutableError, NackError):
                pass  # its queue is gone or full
            else:
                return "replay"
        # Headers of the broker's own would make it drop the copy as one that goes in circles.
        self._put(
            self.broker.topology.parked, letter, {"queue": letter.queue, "reason": letter.reason}
        )
        return "keep"

    def _put(self, queue: str, letter: Letter, headers: dict[str, Any]) -> None:
        properties = message_properties(letter.name, {**carried(letter.headers), **headers})
        self.channel.basic_publish("", queue, letter.body, properties, mandatory=True)


@contextmanager
def parked_at(broker: BrokerSettings) -> Iterator[Parked]:
    """Raises ``Trouble`` when the broker is away."""
    try:
        with pika.BlockingConnection(broker.parameters) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            broker.topology.declare(channel)
            yield Parked(broker, channel)
    except (AMQPError, OSError) as error:
        raise Trouble(f"the broker does not answer ({type(error).__name__})") from error
