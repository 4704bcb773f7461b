"""People who go on using the gallery while something dies, and a note of each answer they got."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Event as Flag
from threading import Lock, Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Self
from uuid import UUID

import httpx

from tests.chaos.client import Memory, photo

KEPT = {200, 202}
AWAY = 503


@dataclass(frozen=True)
class Answer:
    """``status`` 0: the connection broke and nobody answered."""

    began: float
    ended: float
    status: int
    retry_after: str = ""
    said: str = ""

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class Load:
    """``gateways`` are used in turn. ``pause``: seconds between two photos of one client."""

    gateways: Sequence[str]
    clients: int = 2
    pause: float = 0.05
    seed: int = 1
    query: str = "animal 3"

    memory: Memory = field(default_factory=Memory)
    uploads: list[Answer] = field(default_factory=list)
    searches: list[Answer] = field(default_factory=list)
    _stop: Flag = field(default_factory=Flag)
    _threads: list[Thread] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        for number in range(self.clients):
            self._begin(self._upload, number)
        self._begin(self._search, 0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Every photo that was begun is sent until it is taken; then it is quiet."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a client waits for ever"

    def until_accepted(self, photos: int, within: float = 30.0) -> None:
        deadline = monotonic() + within
        while len(self.memory.accepted) < photos:
            assert monotonic() < deadline, f"only {len(self.memory.accepted)} photos were taken"
            sleep(0.05)

    def _begin(self, act: Callable[[int], None], number: int) -> None:
        thread = Thread(target=act, args=[number], name=f"{act.__name__}{number}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _upload(self, client: int) -> None:
        number, rng = 0, random.Random(self.seed + client)
        with httpx.Client(timeout=20) as http:
            while not self._stop.is_set():
                number += 1
                self._upload_one(http, client * 100_000 + number)
                sleep(rng.uniform(0.5, 1.5) * self.pause)

    def _upload_one(self, http: httpx.Client, number: int) -> None:
        body = photo(number, self.seed)
        for turn in range(1000):
            gateway = self.gateways[(number + turn) % len(self.gateways)]
            answer, said = _ask(
                http,
                self.uploads,
                "POST",
                f"{gateway}/api/photos",
                params={"filename": f"photo {number}.jpg"},
                content=body,
                headers={"Content-Type": "image/jpeg"},
            )
            if said is not None and answer.status in KEPT:
                with self._lock:
                    self.memory.accepted[UUID(said.json()["photos"][0]["id"])] = number
                return
            sleep(random.uniform(0.1, 0.4))
        raise AssertionError(f"photo {number} was never taken")

    def _search(self, _: int) -> None:
        with httpx.Client(timeout=20) as http:
            turn = 0
            while not self._stop.wait(0.1):
                gateway = self.gateways[turn % len(self.gateways)]
                turn += 1
                _ask(http, self.searches, "GET", f"{gateway}/api/search", params={"q": self.query})


def _ask(
    http: httpx.Client,
    notes: list[Answer],
    method: str,
    address: str,
    *,
    params: dict[str, str],
    content: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[Answer, httpx.Response | None]:
    began, said = monotonic(), None
    try:
        said = http.request(method, address, params=params, content=content, headers=headers)
    except httpx.HTTPError as error:
        answer = Answer(began, monotonic(), 0, said=repr(error))
    else:
        again = said.headers.get("retry-after", "")
        why = "" if said.is_success else said.text[:300]
        answer = Answer(began, monotonic(), said.status_code, again, why)
    notes.append(answer)
    return answer, said


def statuses(answers: Sequence[Answer]) -> dict[int, int]:
    every = [answer.status for answer in answers]
    return {status: every.count(status) for status in sorted(set(every))}


def refusals(answers: Sequence[Answer]) -> list[str]:
    """What was said, and how long that took: a busy machine and a door that fell shut differ."""
    return [
        f"{one.status} after {one.seconds:.1f} s: {one.said}"
        for one in answers
        if one.status not in KEPT
    ]


def slowest(answers: Sequence[Answer]) -> float:
    return max(answer.seconds for answer in answers)


def longest_without(moments: Sequence[float], since: float, until: float) -> float:
    """The longest stretch of time in which nothing of a kind happened."""
    inside = [since, *sorted(at for at in moments if since < at < until), until]
    return max(later - earlier for earlier, later in pairwise(inside))


def back_after(answers: Sequence[Answer], since: float) -> float:
    """Seconds until the last failure was over; 0 when nothing failed."""
    failed = [answer.ended for answer in answers if answer.began > since and answer.status != 200]
    return max(failed, default=since) - since
