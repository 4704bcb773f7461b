"""`imgcap parked`: on a real broker, with letters that workers and the broker put there."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pydantic import SecretStr

from services.cli.parked import parked_at
from services.common.settings import BrokerSettings
from services.common.topology import message_properties
from tests.cli.conftest import Imgcap

PHOTO, OTHER = str(uuid4()), str(uuid4())


@pytest.fixture
def broker(broker_url: str, scope: str) -> BrokerSettings:
    return BrokerSettings(url=SecretStr(broker_url), scope=scope)


@pytest.fixture
def channel(broker: BrokerSettings) -> Iterator[BlockingChannel]:
    with pika.BlockingConnection(broker.parameters) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        broker.topology.declare(channel)
        yield channel


@pytest.fixture
def parked(imgcap: Imgcap, broker_url: str, scope: str) -> Imgcap:
    return lambda *words: imgcap(
        "parked", *words, IMGCAP_BROKER__URL=broker_url, IMGCAP_BROKER__SCOPE=scope
    )


def park(channel: BlockingChannel, broker: BrokerSettings, photo_id: str, queue: str) -> None:
    body = json.dumps({"photo_id": photo_id, "occurred_at": "2026-01-01T00:00:00Z"}).encode()
    properties = message_properties("photo.uploaded", {"reason": "KeyError('x')", "queue": queue})
    channel.basic_publish("", broker.topology.parked, body, properties, mandatory=True)


def depth(channel: BlockingChannel, queue: str) -> int:
    return int(channel.queue_declare(queue, passive=True).method.message_count)


def test_nothing_parked_is_said(parked: Imgcap, channel: BlockingChannel) -> None:
    assert channel
    assert parked("list").out == "nothing is parked\n"


def test_the_list_tells_why_and_leaves_all_where_it_is(
    parked: Imgcap, channel: BlockingChannel, broker: BrokerSettings
) -> None:
    for photo in (PHOTO, OTHER):
        park(channel, broker, photo, broker.topology.queue("tagger"))
    first = parked("list", "--json").json
    for _ in range(25):  # brokers lose what is returned to them more than twenty times
        with parked_at(broker) as queue:
            queue.visit(lambda _: "keep")
    assert parked("list", "--json").json == first
    assert [(one["photo_id"], one["reason"]) for one in first] == [
        (PHOTO, "KeyError('x')"),
        (OTHER, "KeyError('x')"),
    ]


def test_a_letter_is_sent_to_its_own_queue_again(
    parked: Imgcap, channel: BlockingChannel, broker: BrokerSettings
) -> None:
    tagger = broker.topology.queue("tagger")
    for photo in (PHOTO, OTHER):
        park(channel, broker, photo, tagger)

    assert parked("replay", PHOTO).out == "1 sent again, 1 kept\n"

    assert (depth(channel, tagger), depth(channel, broker.topology.parked)) == (1, 1)
    _, properties, body = channel.basic_get(tagger, auto_ack=True)
    assert (properties.type, json.loads(body)["photo_id"]) == ("photo.uploaded", PHOTO)
    assert not {"reason", "queue"} & {*(properties.headers or {})}


def test_what_the_broker_parked_finds_its_queue_again(
    parked: Imgcap, channel: BlockingChannel, broker: BrokerSettings
) -> None:
    """A letter that was returned too often: the broker's own headers tell where it was."""
    tagger = broker.topology.queue("tagger")
    channel.basic_publish("", tagger, b'{"photo_id": "7"}', message_properties("photo.uploaded"))
    for _ in range(11):
        method, _, _ = channel.basic_get(tagger)
        channel.basic_nack(method.delivery_tag, requeue=True)
        channel.connection.sleep(0.1)
    channel.connection.sleep(0.5)
    (listed,) = parked("list", "--json").json
    assert (listed["queue"], listed["reason"]) == (tagger, "delivery_limit")
    assert parked("replay").out == "1 sent again, 0 kept\n"
    assert depth(channel, tagger) == 1


def test_a_letter_without_a_queue_is_kept(
    parked: Imgcap, channel: BlockingChannel, broker: BrokerSettings
) -> None:
    park(channel, broker, PHOTO, "")
    park(channel, broker, PHOTO, "no.such.queue")
    assert parked("replay").out == "0 sent again, 2 kept\n"
    assert depth(channel, broker.topology.parked) == 2


def test_what_is_thrown_away_is_gone(
    parked: Imgcap, channel: BlockingChannel, broker: BrokerSettings
) -> None:
    for photo in (PHOTO, OTHER):
        park(channel, broker, photo, broker.topology.queue("tagger"))
    assert parked("drop", PHOTO).out == "1 thrown away, 1 kept\n"
    assert parked("drop", "--yes").out == "1 thrown away, 0 kept\n"
    assert depth(channel, broker.topology.parked) == 0


def test_a_broker_that_is_not_there_is_one_sentence(imgcap: Imgcap) -> None:
    said = imgcap("parked", "list", IMGCAP_BROKER__URL="amqp://127.0.0.1:9/")
    assert (said.code, said.err.startswith("imgcap: the broker does not answer")) == (1, True)


def test_without_a_broker_the_command_says_how_to_name_one(imgcap: Imgcap) -> None:
    said = imgcap("parked", "list")
    assert (said.code, "set IMGCAP_BROKER__URL" in said.err) == (1, True)
