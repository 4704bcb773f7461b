"""Two of everything: whoever asks whichever of them is told the same."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import httpx
import pika

from services.common.events import Event, PhotoUploaded
from services.common.settings import BrokerSettings
from tests.chaos.client import photo
from tests.chaos.conserved import settle
from tests.gateway.stream import Stream, listening
from tests.ha.conftest import House

SEED = 21
PHOTOS = 24


def send(gateway: str, number: int) -> str:
    answer = httpx.post(
        f"{gateway}/api/photos",
        params={"filename": f"{number}.jpg"},
        content=photo(number, SEED),
        headers={"Content-Type": "image/jpeg"},
        timeout=20,
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["photos"][0]["id"])


def asked(gateway: str, path: str, **params: Any) -> httpx.Response:
    return httpx.get(f"{gateway}/api{path}", params=params, timeout=20)


def found(gateway: str, path: str, **params: Any) -> set[str]:
    return {one["id"] for one in asked(gateway, path, **params).json()["photos"]}


def heard_ready(stream: Stream, photos: set[str], within: float = 30.0) -> str:
    """Waits until a page was told that each of them is ready; the number of the last news."""
    missing, deadline = set(photos), monotonic() + within
    while missing:
        told = stream.until(lambda told: told.event == "photo", max(0.1, deadline - monotonic()))
        if told.data["status"] == "ready":
            missing.discard(told.data["id"])
    return stream.position


def test_an_upload_by_either_gateway_is_news_at_both(house: House) -> None:
    one, two = house.gateways
    with listening(one) as left, listening(two) as right:
        sleep(0.5)
        sent = {send(house.gateways[number % 2], number) for number in range(PHOTOS)}
        heard_ready(left, sent)
        heard_ready(right, sent)
    assert found(one, "/photos", limit=200) == found(two, "/photos", limit=200) >= sent
    words = {tag["text"] for tag in asked(one, "/tags", kind="label").json()["tags"]}
    for word in sorted(words):
        assert found(one, "/search", q=word) == found(two, "/search", q=word) != set()


def test_a_page_that_comes_back_to_the_other_gateway_is_told_what_it_missed(house: House) -> None:
    one, two = house.gateways
    with listening(one) as left:
        sleep(0.3)
        heard_ready(left, {send(one, 1000)})
        last = left.position
    missed = {send(two, 1001), send(one, 1002)}
    settle(house.world, within=30)
    with listening(two, **{"Last-Event-ID": last}) as right:
        heard_ready(right, missed)


def test_what_one_gateway_deletes_the_other_does_not_show(house: House) -> None:
    one, two = house.gateways
    sent = [send(one, number) for number in range(2000, 2006)]
    settle(house.world, within=30)
    for gone in sent:
        assert asked(two, f"/photos/{gone}/thumb").status_code == 200
        word = asked(two, f"/photos/{gone}").json()["tags"][0]["text"]
        assert httpx.delete(f"{one}/api/photos/{gone}", timeout=20).status_code == 204
        assert gone not in found(two, "/search", q=word)
        assert gone not in found(two, "/photos", limit=200)
        assert asked(two, f"/photos/{gone}").status_code == 404
        # Bytes are let go by the news, which the broker brings.
        soon = monotonic() + 1.0
        while asked(two, f"/photos/{gone}/thumb").status_code != 404:
            assert monotonic() < soon


def test_two_sweepers_publish_each_photo_once(house: House) -> None:
    photos = {send(house.gateways[number % 2], number) for number in range(3000, 3000 + PHOTOS)}
    settle(house.world, within=30)
    before = swept(house)
    with overhearing(house.world.broker) as heard:
        for one in photos:
            assert httpx.post(f"{house.door}/api/photos/{one}/retry").status_code == 202
        settle(house.world, within=30)
        sleep(0.5)
        retried = Counter(heard())
    assert {photo_id for photo_id, _ in retried} == photos
    assert set(retried.values()) == {1}
    gained = {name: count - before[name] for name, count in swept(house).items()}
    assert sum(gained.values()) == len(photos)
    assert all(gained.values()), "both sweep"
    answered = house.provider.ledger.answered
    assert set(answered.values()) == {1}, "nothing is paid for twice"


def swept(house: House) -> dict[str, float]:
    """Photos that each search has published because they were due."""
    counts = {}
    for name in ("search", "search2"):
        text = httpx.get(f"{house.pipeline.url(name)}/metrics").text
        line = re.search(r'^imgcap_swept_total\{why="due"\} (\S+)', text, re.MULTILINE)
        counts[name] = float(line.group(1)) if line else 0.0
    return counts


@contextmanager
def overhearing(broker: BrokerSettings) -> Iterator[Any]:
    """Every photo.uploaded from now on, as photo and generation."""
    with pika.BlockingConnection(broker.parameters) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, broker.topology.exchange, PhotoUploaded.name)

        def heard() -> list[tuple[str, int]]:
            events = []
            while (letter := channel.basic_get(queue, auto_ack=True))[0]:
                event = Event.from_wire(letter[1].type, letter[2])
                events.append((str(event.photo_id), event.generation))
            return events

        yield heard
