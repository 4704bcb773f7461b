"""Events are handled at least once, told when they fail, and never lost."""

from collections.abc import Iterator
from threading import Event as Flag
from threading import Lock
from time import monotonic, sleep
from typing import Any

import pytest

from services.common.depths import queue_depths
from services.common.errors import Refuse, TryAgain
from services.common.events import Event, PhotoFailed, PhotoTagged, PhotoUploaded
from services.common.topology import message_properties
from tests.common.brokers import Post, post, uploaded


@pytest.fixture
def letters(broker_url: str, scope: str) -> Iterator[Post]:
    with post(broker_url, scope, heartbeat=5) as own:
        yield own


def tagged(event: PhotoUploaded) -> Iterator[PhotoTagged]:
    yield PhotoTagged(**event.follow(blob_key=event.blob_key, tags=(), tagger="test"))


def told(event: Event, failure: Exception) -> Iterator[PhotoFailed]:
    heals = isinstance(failure, TryAgain)
    yield PhotoFailed(**event.follow(stage="tagging", code="x", text=str(failure), heals=heals))


def eventually(true: Any, within: float = 10.0) -> bool:
    deadline = monotonic() + within
    while monotonic() < deadline:
        if true():
            return True
        sleep(0.02)
    return False


def test_what_follows_from_an_event_is_published(letters: Post) -> None:
    event = uploaded()
    with letters.running("tagger", {PhotoUploaded: tagged}):
        letters.publish(event)
        follower = letters.receive("embedder")
    assert (follower.photo_id, follower.generation) == (event.photo_id, event.generation)


@pytest.mark.parametrize("failure", [TryAgain("429"), Refuse("not a photo"), KeyError("a bug")])
def test_a_failure_is_told_as_an_event(letters: Post, failure: Exception) -> None:
    def fails(_: PhotoUploaded) -> Iterator[Event]:
        raise failure

    with letters.running("tagger", {PhotoUploaded: fails}, on_failure=told):
        letters.publish(uploaded())
        event = letters.receive("search")
    assert isinstance(event, PhotoFailed)
    assert event.heals == isinstance(failure, TryAgain)
    assert letters.take("parked") is None


@pytest.mark.parametrize(
    ("name", "body"),
    [("photo.uploaded", b"no json"), ("photo.stolen", b"{}"), ("", b""), ("photo.tagged", b"{}")],
)
def test_what_nobody_can_read_is_parked_with_the_reason(
    letters: Post, name: str, body: bytes
) -> None:
    letters.channel.basic_publish(
        "", letters.settings.topology.queue("tagger"), body, message_properties(name)
    )
    with letters.running("tagger", {PhotoUploaded: tagged}):
        assert eventually(lambda: (queue_depths(letters.settings) or {})["parked"].ready == 1)
    letter = letters.take("parked")
    assert letter
    assert letter[1] == body
    assert "Refuse" in letter[0].headers["reason"]


def test_a_handler_slower_than_the_heartbeat_keeps_its_connection(letters: Post) -> None:
    handled: list[PhotoUploaded] = []

    def slow(event: PhotoUploaded) -> Iterator[Event]:
        sleep(11)
        handled.append(event)
        return tagged(event)

    with letters.running("tagger", {PhotoUploaded: slow}):
        letters.publish(uploaded())
        letters.receive("embedder", within=20)
    assert len(handled) == 1


def test_stopping_finishes_what_is_in_flight_and_leaves_the_rest(letters: Post) -> None:
    started, lock = Flag(), Lock()
    handled: list[PhotoUploaded] = []

    def slow(event: PhotoUploaded) -> Iterator[Event]:
        started.set()
        sleep(0.5)
        with lock:
            handled.append(event)
        return tagged(event)

    with letters.running("tagger", {PhotoUploaded: slow}, threads=2):
        for _ in range(6):
            letters.publish(uploaded())
        assert started.wait(10)
    depths = queue_depths(letters.settings)
    assert depths
    assert (len(handled), depths["tagger"].ready, depths["embedder"].ready) == (2, 4, 2)


def test_a_record_out_of_reach_pauses_and_parks_nothing(letters: Post) -> None:
    """The naive consumer that nacks parked 500 healthy messages in 0.7 s."""
    well = Flag()
    handled: list[PhotoUploaded] = []

    def needs_the_record(event: PhotoUploaded) -> Iterator[Event]:
        if not well.is_set():
            raise ConnectionError("the database is away")
        handled.append(event)
        return tagged(event)

    calls: list[float] = []

    def is_well() -> bool:
        calls.append(monotonic())
        return well.is_set() or len(calls) == 1

    with letters.running("tagger", {PhotoUploaded: needs_the_record}, well=is_well):
        for _ in range(20):
            letters.publish(uploaded())
        assert eventually(lambda: len(calls) > 2)
        well.set()
        assert eventually(lambda: len(handled) >= 20)
    assert letters.take("parked") is None


def test_a_lost_connection_comes_back_and_the_event_is_handled_again(letters: Post) -> None:
    attempts: list[PhotoUploaded] = []

    def handler(event: PhotoUploaded) -> Iterator[Event]:
        attempts.append(event)
        if len(attempts) == 1:
            consumer._unwell = ConnectionError("cut")
            sleep(0.5)
        return tagged(event)

    with letters.running("tagger", {PhotoUploaded: handler}) as consumer:
        letters.publish(uploaded())
        assert letters.receive("embedder")
        assert consumer.alive
