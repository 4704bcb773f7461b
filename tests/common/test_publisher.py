"""Nobody waits for the broker, and a confirmed event is on its disk."""

from collections.abc import Iterator
from time import monotonic

import pytest
from pydantic import SecretStr

from services.common import publisher as publishing
from services.common.publisher import Publisher
from services.common.settings import BrokerSettings
from tests.common.brokers import Post, post, uploaded


@pytest.fixture
def letters(broker_url: str, scope: str) -> Iterator[Post]:
    with post(broker_url, scope) as own:
        yield own


def test_a_future_is_done_when_the_broker_has_the_event(letters: Post) -> None:
    with Publisher(letters.settings) as publisher:
        events = [uploaded() for _ in range(20)]
        for sent in [publisher.publish(event) for event in events]:
            sent.result(timeout=10)
    assert [letters.receive("tagger").photo_id for _ in events] == [e.photo_id for e in events]


def test_without_a_broker_events_are_let_go_of_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "PATIENCE", 0.5)
    nowhere = BrokerSettings(url=SecretStr("amqp://a:b@127.0.0.1:1/"))
    with Publisher(nowhere) as publisher:
        began = monotonic()
        with pytest.raises(ConnectionError):
            publisher.publish(uploaded()).result(timeout=10)
        assert monotonic() - began < 8
        assert not publisher.ready


def test_a_full_outbox_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "OUTBOX", 3)
    publisher = Publisher(BrokerSettings(url=SecretStr("amqp://a:b@127.0.0.1:1/")))
    letters = [publisher.publish(uploaded()) for _ in range(4)]
    assert isinstance(letters[-1].exception(timeout=0), ConnectionError)


def test_a_cancelled_event_is_not_sent(letters: Post) -> None:
    publisher = Publisher(letters.settings)
    unwanted, wanted = uploaded(), uploaded()
    publisher.publish(unwanted).cancel()
    sent = publisher.publish(wanted)
    with publisher:
        sent.result(timeout=10)
    assert letters.receive("tagger").photo_id == wanted.photo_id
    assert letters.take("tagger") is None
