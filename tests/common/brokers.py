"""What a test does with its own scope of the broker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event as Flag
from threading import Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pydantic import SecretStr

from services.common.consumer import Consumer
from services.common.events import Event, PhotoUploaded
from services.common.settings import BrokerSettings


@dataclass(frozen=True)
class Post:
    """The queues of one test: letters in, letters out."""

    settings: BrokerSettings
    channel: BlockingChannel

    def publish(self, event: Event) -> None:
        self.settings.topology.publish(self.channel, event)

    def take(self, queue: str) -> tuple[Any, bytes] | None:
        name = self.settings.topology.queue(queue)
        method, properties, body = self.channel.basic_get(name, auto_ack=True)
        return (properties, body) if method else None

    def receive(self, queue: str, within: float = 10.0) -> Event:
        deadline = monotonic() + within
        while monotonic() < deadline:
            if letter := self.take(queue):
                return Event.from_wire(letter[0].type, letter[1])
            sleep(0.01)
        raise AssertionError(f"nothing came to {queue} within {within} s")

    @contextmanager
    def running(self, service: str, handlers: Any, **more: Any) -> Iterator[Consumer]:
        consumer = Consumer(service, handlers, self.settings, **more)
        stop = Flag()
        thread = Thread(target=consumer.run, args=[stop])
        thread.start()
        try:
            yield consumer
        finally:
            stop.set()
            thread.join()


@contextmanager
def post(url: str, scope: str, **more: Any) -> Iterator[Post]:
    settings = BrokerSettings(url=SecretStr(url), scope=scope, **more)
    with pika.BlockingConnection(settings.parameters) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        settings.topology.declare(channel)
        yield Post(settings, channel)


def uploaded(**more: Any) -> PhotoUploaded:
    fields: dict[str, Any] = {
        "photo_id": uuid4(),
        "owner": "local",
        "generation": 1,
        "blob_key": "photos/x/1/original",
        "sha256": "0" * 64,
        "content_type": "image/jpeg",
        "width": 40,
        "height": 30,
    }
    return PhotoUploaded(**{**fields, **more})
