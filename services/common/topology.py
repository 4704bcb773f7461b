"""Who hears what: one topic exchange, one durable queue per service, one queue for the unhandled.

Every argument is explicit, and only what RabbitMQ 3.10 and 4.x both understand is declared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel

from services.common import tracing
from services.common.events import (
    Event,
    PhotoChanged,
    PhotoEmbedded,
    PhotoFailed,
    PhotoTagged,
    PhotoUploaded,
)
from services.common.signing import UNSIGNED, Signing

SUBSCRIPTIONS: Mapping[str, tuple[type[Event], ...]] = MappingProxyType(
    {
        "tagger": (PhotoUploaded,),
        "embedder": (PhotoTagged,),
        "search": (PhotoEmbedded, PhotoFailed),
    }
)
#: What a gateway's own queue hears: changes, and the one stage that no row knows of.
LIVE = (PhotoChanged, PhotoTagged)

PARKED = "parked"
#: A poison message comes back this often before the broker parks it. Graceful restarts count too.
DELIVERIES = 10
#: Full queues refuse, so that the publisher learns of it; the rows wait in the database.
LONGEST = 100_000


@dataclass(frozen=True)
class Topology:
    """``scope`` goes before every name, so that tests and tenants can share a broker."""

    scope: str = ""
    #: False: somebody else makes exchange and queues, and this process has no right to.
    declares: bool = True
    signing: Signing = UNSIGNED

    @property
    def exchange(self) -> str:
        return f"{self.scope}imgcap"

    @property
    def parked(self) -> str:
        return self.queue(PARKED)

    def queue(self, service: str) -> str:
        return f"{self.scope}{service}"

    def declare(self, channel: BlockingChannel) -> None:
        """Every process that may declares everything, so that they may start in any order."""
        if not self.declares:
            return self._find(channel)
        channel.exchange_declare(self.exchange, "topic", durable=True)
        channel.queue_declare(self.parked, durable=True, arguments={"x-queue-type": "quorum"})
        for service, events in SUBSCRIPTIONS.items():
            channel.queue_declare(
                self.queue(service), durable=True, arguments=self._work_queue_arguments()
            )
            for event in events:
                channel.queue_bind(self.queue(service), self.exchange, event.name)

        channel.queue_bind(self.parked, self.exchange, PARKED)

    def _find(self, channel: BlockingChannel) -> None:
        """Raises ``AMQPError`` until search has made everything."""
        channel.exchange_declare(self.exchange, passive=True)
        for service in (*SUBSCRIPTIONS, PARKED):
            channel.queue_declare(self.queue(service), passive=True)

    def erase(self, channel: BlockingChannel) -> None:
        for service in (*SUBSCRIPTIONS, PARKED):
            channel.queue_delete(self.queue(service))
        channel.exchange_delete(self.exchange)

    def listen(self, channel: BlockingChannel) -> str:
        """A queue that is this connection's alone and goes with it; returns its name."""
        declared = channel.queue_declare(
            "", exclusive=True, auto_delete=True, arguments={"x-max-length": 10_000}
        )
        queue = str(declared.method.queue)
        for event in LIVE:
            channel.queue_bind(queue, self.exchange, event.name)
        return queue

    def publish(self, channel: BlockingChannel, event: Event) -> None:
        """Returns when the broker has the event; raises if it has no place for it.

        Nobody needs to be listening for a change, somebody must be for everything else.
        """
        with tracing.publishing(event) as told:
            body = told.to_wire()
            channel.basic_publish(
                self.exchange,
                told.name,
                body,
                message_properties(told.name, {**self.signing.headers(told.name, body)}),
                mandatory=not isinstance(told, PhotoChanged),
            )

    def _work_queue_arguments(self) -> dict[str, Any]:
        return {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERIES,
            "x-max-length": LONGEST,
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": self.parked,
            "x-dead-letter-strategy": "at-least-once",
        }


def message_properties(name: str, headers: dict[str, Any] | None = None) -> pika.BasicProperties:
    return pika.BasicProperties(
        type=name, headers=headers, content_type="application/json", delivery_mode=2
    )
