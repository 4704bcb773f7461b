"""Nobody but a service of ours can speak for one, and every service only for itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker
from pydantic import SecretStr, ValidationError

from services.common.depths import queue_depths
from services.common.errors import Refuse
from services.common.events import Event, PhotoChanged, PhotoEmbedded, PhotoTagged, PhotoUploaded
from services.common.rights import PUBLISHES, commands
from services.common.settings import BrokerSettings
from services.common.signing import HEADER, Signing
from services.common.topology import PARKED, SUBSCRIPTIONS, Topology, message_properties
from services.embedded.broker import Broker
from services.embedded.home import Home
from tests.common.brokers import Post, post, uploaded
from tests.common.test_consumer import eventually, tagged

ACCESS_REFUSED = 403
OLD, NEW = "old:0123456789abcdef", "new:fedcba9876543210"
EVENT = uploaded()
BODY = EVENT.to_wire()


def signing(keys: str, unsigned_until: datetime | None = None) -> Signing:
    return Signing.of(SecretStr(keys), unsigned_until)


def refusal(by: Signing, headers: dict[str, object] | None, body: bytes = BODY) -> str:
    try:
        by.verify(EVENT.name, body, headers)
    except Refuse as error:
        return error.code
    return ""


def test_what_one_key_signs_the_other_side_believes_while_keys_change() -> None:
    steps = [OLD, f"{OLD},{NEW}", f"{NEW},{OLD}", NEW]
    for before, after in [*pairwise(steps), *zip(steps, steps, strict=True)]:
        for signer, reader in ((before, after), (after, before)):
            assert refusal(signing(reader), dict(signing(signer).headers(EVENT.name, BODY))) == ""


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (None, "unsigned-event"),
        ({}, "unsigned-event"),
        ({HEADER: ""}, "forged-event"),
        ({HEADER: "old"}, "forged-event"),
        ({HEADER: "old:" + "0" * 64}, "forged-event"),
        ({HEADER: 7}, "forged-event"),
        ({HEADER: "old:ü"}, "forged-event"),
        (signing("stranger:0123456789abcdef").headers(EVENT.name, BODY), "forged-event"),
        (signing("old:another-secret-here").headers(EVENT.name, BODY), "forged-event"),
        (signing(OLD).headers("photo.tagged", BODY), "forged-event"),
        (signing(OLD).headers(EVENT.name, BODY + b" "), "forged-event"),
    ],
)
def test_a_forged_event_is_known(headers: dict[str, object] | None, code: str) -> None:
    assert refusal(signing(OLD), headers) == code
    assert refusal(Signing(), headers) == ""


def test_unsigned_events_are_taken_only_until_a_day() -> None:
    soon, past = (datetime.now(UTC) + timedelta(hours=hours) for hours in (1, -1))
    assert refusal(signing(OLD, soon), {}) == ""
    assert refusal(signing(OLD, past), {}) == "unsigned-event"
    assert refusal(signing(OLD, soon), {HEADER: "old:0"}) == "forged-event"


@pytest.mark.parametrize("keys", ["hunter2", "a:short", "a:0123456789abcdef,a:0123456789abcdeg"])
def test_keys_that_are_none_are_refused_and_never_shown(keys: str) -> None:
    with pytest.raises(ValidationError) as caught:
        BrokerSettings(event_keys=SecretStr(keys))
    assert keys not in str(caught.value)
    assert "0123456789abcdef" not in repr(signing(OLD))


@pytest.fixture
def letters(broker_url: str, scope: str) -> Iterator[Post]:
    with post(broker_url, scope, event_keys=SecretStr(OLD)) as own:
        yield own


def test_a_forged_event_is_parked_with_the_reason_and_never_handled(letters: Post) -> None:
    handled: list[PhotoUploaded] = []

    def handler(event: PhotoUploaded) -> Iterator[Event]:
        handled.append(event)
        return tagged(event)

    queue = letters.settings.topology.queue("tagger")
    stranger = signing("old:not-the-secret-at-all")
    for headers in (None, dict(stranger.headers(EVENT.name, BODY))):
        properties = message_properties(EVENT.name, headers)
        letters.channel.basic_publish("", queue, BODY, properties)
    own = uploaded()
    with letters.running("tagger", {PhotoUploaded: handler}):
        letters.publish(own)
        follower = letters.take("embedder") or letters.receive("embedder")
        assert eventually(lambda: (queue_depths(letters.settings) or {})["parked"].ready == 2)
    assert follower
    assert [event.photo_id for event in handled] == [own.photo_id]
    reasons = [letter[0].headers["reason"] for _ in range(2) if (letter := letters.take("parked"))]
    assert [("not signed" in reason) for reason in reasons].count(True) == 2


# --- users


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(Home(tmp_path_factory.mktemp("rights"))) as broker:
        with pika.BlockingConnection(pika.URLParameters(broker.url_of("search"))) as connection:
            Topology().declare(connection.channel())
        yield broker


def refused(node: Broker, service: str, act: str, *words: object) -> bool:
    """Whether the broker denies this service's user an act. Any other error is raised."""
    with pika.BlockingConnection(pika.URLParameters(node.url_of(service))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        try:
            getattr(channel, act)(*words)
        except ChannelClosedByBroker as error:
            if error.reply_code == ACCESS_REFUSED:
                return True
            raise
    return False


def may(node: Broker, service: str, exchange: str, key: str) -> bool:
    """Whether this service's user can publish there."""
    return not refused(
        node, service, "basic_publish", exchange, key, b"{}", message_properties(key)
    )


def may_read(node: Broker, service: str, queue: str) -> bool:
    return not refused(node, service, "basic_get", queue)


EVENTS = (PhotoUploaded, PhotoTagged, PhotoEmbedded, PhotoChanged)


@pytest.mark.parametrize("service", ["gateway", "tagger", "embedder"])
def test_a_service_speaks_only_for_itself(node: Broker, service: str) -> None:
    for event in EVENTS:
        allowed = may(node, service, "imgcap", event.name)
        assert allowed == (event in PUBLISHES[service]), event.name
    for queue in (*SUBSCRIPTIONS, PARKED):
        assert not may(node, service, "", queue), "past the exchange"
        assert may_read(node, service, queue) == (queue == service)


@pytest.mark.parametrize("service", ["gateway", "tagger", "embedder"])
def test_a_service_changes_nothing_at_the_broker(node: Broker, service: str) -> None:
    assert refused(node, service, "queue_declare", "mine")
    assert refused(node, service, "queue_delete", "search")
    assert refused(node, service, "queue_purge", "search")
    assert refused(node, service, "exchange_delete", "imgcap")
    assert refused(node, service, "exchange_declare", "mine", "topic")
    assert refused(node, service, "queue_bind", "tagger", "imgcap", "photo.embedded")


def test_whoever_may_not_declare_finds_what_search_has_made(node: Broker) -> None:
    for service in PUBLISHES:
        settings = BrokerSettings(url=SecretStr(node.url_of(service)), declares=False)
        with pika.BlockingConnection(settings.parameters) as connection:
            channel = connection.channel()
            settings.topology.declare(channel)
            if service == "gateway":
                assert settings.topology.listen(channel)


def test_the_guest_of_every_rabbitmq_is_none_of_ours(node: Broker) -> None:
    parameters = pika.URLParameters(f"amqp://guest:guest@127.0.0.1:{node.port}/")
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(parameters)


def test_the_docs_give_the_same_rights_to_a_broker_of_your_own() -> None:
    text = (Path(__file__).parents[2] / "docs" / "operations" / "broker-users.md").read_text()
    for line in commands(Topology()):
        assert line in text, "run: python -m services.common.rights"
