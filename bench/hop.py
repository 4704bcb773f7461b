"""Event hop: from the publish to the handler's call, beside bare pika on the same broker."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pika
from pydantic import SecretStr

from bench.report import p50_p99, show
from services.common.consumer import Consumer
from services.common.events import Event, PhotoUploaded
from services.common.publisher import Publisher
from services.common.settings import BrokerSettings
from tests.neighbours import a_broker

EVENTS = 500
PAUSE = 0.002


def event() -> PhotoUploaded:
    return PhotoUploaded(
        photo_id=uuid4(),
        owner="local",
        generation=1,
        blob_key="photos/x/1/original",
        sha256="0" * 64,
        content_type="image/jpeg",
        width=40,
        height=30,
    )


def bare(broker: BrokerSettings) -> list[float]:
    """pika as its tutorial has it: one connection publishes with confirms, another consumes."""
    took: list[float] = []
    began: dict[str, float] = {}
    done, listening = threading.Event(), threading.Event()
    queue = "bare"

    def consume() -> None:
        with pika.BlockingConnection(broker.parameters) as connection:
            channel = connection.channel()

            def called(_: Any, method: Any, properties: Any, __: bytes) -> None:
                took.append(time.perf_counter() - began[properties.message_id])
                channel.basic_ack(method.delivery_tag)
                if len(took) == EVENTS:
                    done.set()

            channel.basic_qos(prefetch_count=4)
            channel.basic_consume(queue, called)
            listening.set()
            while not done.is_set():
                connection.process_data_events(0.2)

    with pika.BlockingConnection(broker.parameters) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        thread = threading.Thread(target=consume)
        thread.start()
        listening.wait()
        for number in range(EVENTS):
            name = str(number)
            properties = pika.BasicProperties(message_id=name, delivery_mode=2)
            began[name] = time.perf_counter()
            channel.basic_publish("", queue, event().to_wire(), properties, mandatory=True)
            time.sleep(PAUSE)
        done.wait(30)
        thread.join()
    return took


def ours(broker: BrokerSettings) -> list[float]:
    """Publisher thread -> broker -> consumer loop -> pool thread."""
    took: list[float] = []
    began: dict[object, float] = {}
    done = threading.Event()

    def handler(one: PhotoUploaded) -> Iterator[Event]:
        took.append(time.perf_counter() - began[one.photo_id])
        if len(took) == EVENTS:
            done.set()
        return iter(())

    stop = threading.Event()
    consumer = Consumer("tagger", {PhotoUploaded: handler}, broker)
    thread = threading.Thread(target=consumer.run, args=[stop])
    thread.start()
    with Publisher(broker) as publisher:
        while not (consumer.ready and publisher.ready):
            time.sleep(0.01)
        for _ in range(EVENTS):
            one = event()
            began[one.photo_id] = time.perf_counter()
            publisher.publish(one).result(10)
            time.sleep(PAUSE)
        done.wait(30)
    stop.set()
    thread.join()
    return took


def main() -> None:
    with TemporaryDirectory(prefix="imgcap-bench-") as folder, a_broker(Path(folder)) as node:
        broker = BrokerSettings(url=SecretStr(node.url))
        rounds = [(bare(broker), ours(broker)) for _ in range(3)]
    plain = [value for one, _ in rounds for value in one]
    own = [value for _, one in rounds for value in one]
    ratio = sorted(own)[len(own) // 2] / sorted(plain)[len(plain) // 2]
    show(
        "Event hop, publish to handler called (quorum queue)",
        ("way", "p50 / p99", "ratio of p50", "target"),
        [
            ("bare pika, confirmed publish and consume", p50_p99(plain), "1.0", ""),
            ("imgcap publisher and consumer", p50_p99(own), f"{ratio:.2f}", "<= 3"),
        ],
    )


if __name__ == "__main__":
    main()
