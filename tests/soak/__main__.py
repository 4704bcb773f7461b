"""`make soak`: uploads, searches, looks and deletes at a steady pace, while everything is measured.

``--seconds`` 1800 by default, ``--rate`` photos a second. The product has its built-in eyes.
"""

import argparse
import random
import sys
import time
from collections import deque
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import httpx

from bench.report import show
from bench.stack import neighbours, product
from tests.soak.flat import HANDLES, MEMORY, MIB, Course, grows
from tests.soak.watched import Watched

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.jpg"))
WORDS = ("dog", "calm", "leading lines", "red", "a boat at sea", "symmetry", "melancholic beach")
#: Of the whole time: caches, pools and allocators fill in it.
WARM_UP = 0.35
LOOKS = 180
#: Photos that stay; each further one takes the place of the oldest, so that only a leak grows.
KEPT = 40
PROMISE = 60.0
#: A busy machine may ask for patience now and then, as a share of all requests.
PUT_OFF = 0.01


class Day:
    """One person at the page: sends, searches, looks, throws away."""

    def __init__(self, client: httpx.Client, rate: float) -> None:
        self.client, self.rate = client, rate
        self.sent = self.searched = self.deleted = self.put_off = 0
        self.wrongs: list[str] = []
        self._kept: deque[str] = deque()
        self._luck = random.Random(1)

    def live(self, stop: Flag) -> None:
        began, rounds = time.monotonic(), 0
        while not stop.is_set():
            rounds += 1
            try:
                self._round(rounds)
            except httpx.HTTPError as error:
                self.wrongs.append(repr(error))
            stop.wait(max(0.0, began + rounds / self.rate - time.monotonic()))

    def _round(self, number: int) -> None:
        body = SAMPLES[number % len(SAMPLES)].read_bytes() + number.to_bytes(8, "big")
        answer = self._ask(
            "POST",
            f"/api/photos?filename=soak{number}.jpg",
            content=body,
            headers={"Content-Type": "image/jpeg"},
        )
        if answer.status_code == 202:
            self._kept.append(answer.json()["photos"][0]["id"])
            self.sent += 1
        self._ask("GET", "/api/search", params={"q": self._luck.choice(WORDS)})
        self.searched += 1
        self._ask("GET", f"/api/photos/{self._luck.choice(self._kept)}/thumb?v=1")
        self._ask("GET", "/api/status")
        if len(self._kept) > KEPT:
            self._ask("DELETE", f"/api/photos/{self._kept.popleft()}")
            self.deleted += 1

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self.client.request(method, path, **more)
        if answer.status_code == 503:
            self.put_off += 1
        elif answer.status_code >= 400:
            self.wrongs.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer


def soak(seconds: float, rate: float) -> bool:
    """True when nothing grew, nothing waited and nothing was refused."""
    with (
        neighbours() as around,
        product(around, {}) as pipeline,
        httpx.Client(base_url=pipeline.gateway, timeout=60) as client,
    ):
        watched = Watched(pipeline, around.database.url, around.broker.port)
        day, stop = Day(client, rate), Flag()
        living = Thread(target=day.live, args=[stop])
        living.start()
        try:
            while time.monotonic() - watched.began < seconds:
                watched.look()
                stop.wait(seconds / LOOKS)
        finally:
            stop.set()
            living.join()
    return _told(watched.courses(), day, seconds)


def _told(courses: list[Course], day: Day, seconds: float) -> bool:
    asked = day.sent + 3 * day.searched + day.deleted
    rows, well = [], not day.wrongs and day.put_off <= asked * PUT_OFF
    for course in courses:
        settled = course.settled(after=seconds * WARM_UP)
        if course.name == "oldest unfinished":
            longest = max(course.values)
            fine, limit = longest < PROMISE, f"< {PROMISE:.0f} s"
            rows.append((course.name, f"{settled.middle:.1f} s", f"{longest:.1f} s", limit, fine))
        else:
            tolerance = MEMORY if course.name.endswith("memory") else HANDLES
            unit = MIB if tolerance is MEMORY else 1
            fine, most = not grows(settled, tolerance), tolerance.of(settled)
            growth, limit = f"{settled.growth / unit:+.1f}", f"<= {most / unit:.1f}"
            rows.append((course.name, f"{settled.middle / unit:.1f}", growth, limit, fine))
        well = well and fine
    named = [(*row[:-1], "well" if row[-1] else "TOO MUCH") for row in rows]
    show(
        f"Soak of {seconds:.0f} s: {day.sent} photos sent, {day.deleted} deleted,"
        f" {day.searched} searches, {day.put_off} put off; growth after the first {WARM_UP:.0%}",
        ("what (memory in MiB)", "median", "growth or longest", "limit", ""),
        named,
    )
    for wrong in day.wrongs[:10]:
        print("wrong:", wrong)
    return well


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--rate", type=float, default=0.5)
    asked = parser.parse_args()
    sys.exit(0 if soak(asked.seconds, asked.rate) else 1)


if __name__ == "__main__":
    main()
