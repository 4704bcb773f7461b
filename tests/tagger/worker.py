"""A worker as it really runs: a process of its own between a real broker and a real store."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pika

from services.common.consumer import Consumer
from services.common.depths import queue_depths
from services.common.events import Event
from services.common.settings import BrokerSettings, StoreSettings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Neighbourhood:
    """Where a worker's neighbours are."""

    broker: BrokerSettings
    store: StoreSettings
    search_url: str

    def environment(self) -> dict[str, str]:
        keys = [self.store.access_key, self.store.secret_key]
        access, secret = [key.get_secret_value() if key else "" for key in keys]
        return {
            "IMGCAP_PORT": "0",
            "IMGCAP_BROKER__URL": self.broker.url.get_secret_value(),
            "IMGCAP_BROKER__SCOPE": self.broker.scope,
            "IMGCAP_STORE__ENDPOINT": self.store.endpoint,
            "IMGCAP_STORE__BUCKET": self.store.bucket,
            "IMGCAP_STORE__ACCESS_KEY": access,
            "IMGCAP_STORE__SECRET_KEY": secret,
            "IMGCAP_SEARCH_URL": self.search_url,
        }

    @contextmanager
    def running(
        self, module: str, own: Mapping[str, str], crash_at: str = ""
    ) -> Iterator[subprocess.Popen[bytes]]:
        environment = {**os.environ, **self.environment(), **own, "IMGCAP_CRASH_AT": crash_at}
        process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=environment)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(timeout=90)

    def publish(self, event: Event) -> None:
        with pika.BlockingConnection(self.broker.parameters) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            self.broker.topology.declare(channel)
            self.broker.topology.publish(channel, event)

    @contextmanager
    def hearing(self, service: str, form: type[Event]) -> Iterator[list[Event]]:
        """In the place of ``service``: what it is sent, as it comes."""
        heard: list[Event] = []

        def hear(event: Event) -> list[Event]:
            heard.append(event)
            return []

        stop = Flag()
        consumer = Consumer(service, {form: hear}, self.broker)
        thread = Thread(target=consumer.run, args=[stop])
        thread.start()
        try:
            yield heard
        finally:
            stop.set()
            thread.join()

    def parked(self) -> int:
        depths = queue_depths(self.broker)
        assert depths
        return depths["parked"].ready


def crash(process: subprocess.Popen[bytes]) -> None:
    """Waits for the kill point; it is a death without a word."""
    assert process.wait(timeout=90) == -signal.SIGKILL


def eventually(heard: list[Event], count: int = 1, seconds: float = 30) -> None:
    """Returns when ``count`` events were heard and nothing more comes."""
    deadline = time.monotonic() + seconds
    while len(heard) < count:
        assert time.monotonic() < deadline, f"heard {len(heard)} events, not {count}"
        time.sleep(0.05)
    time.sleep(0.3)
