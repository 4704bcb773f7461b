"""An open page, as far as the server can tell."""

import json
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import httpx


@dataclass
class Told:
    """One server-sent event."""

    event: str = ""
    id: str = ""
    data: Any = None


@dataclass
class Stream:
    """What a page hears, in order."""

    heard: "queue.Queue[Told | None]" = field(default_factory=queue.Queue)
    position: str = ""
    heartbeats: int = 0

    def read(self, answer: httpx.Response) -> None:
        told = Told()
        with suppress(httpx.TransportError):
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                match name:
                    case "":
                        if line.startswith(":"):
                            self.heartbeats += 1
                        elif told.data is not None:
                            self.heard.put(told)
                        told = Told() if not line else told
                    case "event":
                        told.event = value
                    case "id":
                        told.id = self.position = value
                    case "data":
                        told.data = json.loads(value)
        self.heard.put(None)

    def until(self, true: Callable[[Told], bool], within: float = 10.0) -> Told:
        """The first event of which that is true; the ones before it are passed over."""
        while (told := self.heard.get(timeout=within)) is not None:
            if true(told):
                return told
        raise AssertionError("the stream ended")

    def status_of(self, photo_id: str, status: str, within: float = 10.0) -> Told:
        return self.until(
            lambda told: (
                told.event == "photo"
                and (told.data["id"], told.data["status"]) == (photo_id, status)
            ),
            within,
        )


@contextmanager
def listening(url: str, **headers: str) -> Iterator[Stream]:
    stream = Stream()
    with (
        httpx.Client(base_url=url, timeout=30, trust_env=False) as client,
        client.stream("GET", "/api/events", headers=headers) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        thread = Thread(target=stream.read, args=[answer])
        thread.start()
        yield stream
        with suppress(OSError):
            answer.extensions["network_stream"].get_extra_info("socket").shutdown(2)
        thread.join(10)
