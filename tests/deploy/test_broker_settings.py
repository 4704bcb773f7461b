"""What the brokers are told, in compose and in Kubernetes, is what RabbitMQ has a setting for.

A broker does not start with a word that it does not know. The schema is that of the broker beside
the tests, the oldest that we run on; what it knows the newer ones know.
"""

import re

import pytest

from services.embedded.rabbitmq import find_server
from tests.deploy.code import ROOT
from tests.deploy.manifests import Document, name_of, of_kind


@pytest.fixture(scope="module")
def known() -> set[str]:
    (schema,) = (
        find_server().resolve().parents[1].glob("plugins/rabbit-*/priv/schema/rabbit.schema")
    )
    return set(re.findall(r'^\{mapping, "([^"]+)"', schema.read_text(), re.MULTILINE))


def unknown(config: str, known: set[str]) -> list[str]:
    lines = [line for line in config.splitlines() if line and not line.startswith("#")]
    return [line for line in lines if line.partition(" = ")[0] not in known]


def test_compose(known: set[str]) -> None:
    assert unknown((ROOT / "deploy/compose/rabbitmq.conf").read_text(), known) == []


def test_kubernetes(known: set[str], rendered: dict[str, list[Document]]) -> None:
    (cluster,) = of_kind(rendered["production"], "RabbitmqCluster")
    assert unknown(cluster["spec"]["rabbitmq"]["additionalConfig"], known) == []
    (single,) = (
        one for one in of_kind(rendered["local"], "ConfigMap") if name_of(one).startswith("rabbit")
    )
    assert unknown(single["data"]["rabbitmq.conf"], known) == []


def test_a_word_that_no_broker_knows_is_found(known: set[str]) -> None:
    told = "# three\nqueue_leader_locator = balanced\nquorum_queue.initial_cluster_size = 3\n"
    assert unknown(told, known) == ["quorum_queue.initial_cluster_size = 3"]
