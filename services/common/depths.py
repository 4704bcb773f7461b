"""How much work waits: a look at every queue through a connection of its own."""

from contextlib import suppress

import pika
from pika.exceptions import AMQPError

from services.common.api import QueueDepth
from services.common.settings import BrokerSettings
from services.common.topology import PARKED, SUBSCRIPTIONS


def queue_depths(broker: BrokerSettings) -> dict[str, QueueDepth] | None:
    """Messages ready and consumers per queue; None while the broker is away."""
    with suppress(AMQPError, OSError), pika.BlockingConnection(broker.parameters) as connection:
        channel = connection.channel()
        depths = {}
        for service in (*SUBSCRIPTIONS, PARKED):
            found = channel.queue_declare(broker.topology.queue(service), passive=True).method
            depths[service] = QueueDepth(ready=found.message_count, consumers=found.consumer_count)
        return depths
    return None
