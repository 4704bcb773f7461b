"""A primary and its replica: the primary dies, the replica takes over, and nothing is lost."""

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.settings import BrokerSettings, StoreSettings
from services.embedded.broker import Broker
from tests.chaos.conserved import World, assert_conserved, settle
from tests.ha.databases import Pair, pair
from tests.ha.load import AWAY, Load, back_after, slowest, statuses
from tests.system.pipeline import Pipeline
from tests.system.provider import Provider

#: Of load after the promotion; `IMGCAP_HA_SECONDS=60` is the long form.
SECONDS = float(os.environ.get("IMGCAP_HA_SECONDS", "6"))
#: Whether replicas answer alone: in the short form that is left to tests/ha/test_replicas.py.
READING = [False, True] if "IMGCAP_HA_SECONDS" in os.environ else [False]
#: Whoever watches over a database needs a moment to be sure that it is dead.
NOTICED = 2.0
#: The promise: searches are back after so many seconds.
BACK_WITHIN = 30.0


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Pair]:
    with pair(tmp_path / "pair") as own:
        yield own


@pytest.mark.timeout(300 + 3 * SECONDS)
@pytest.mark.parametrize("read_alone", READING)
def test_the_primary_dies_under_load_and_nothing_that_was_acknowledged_is_lost(
    servers: Pair,
    broker_node: Broker,
    scope: str,
    store: StoreSettings,
    tmp_path: Path,
    read_alone: bool,
) -> None:
    told = {
        "IMGCAP_BROKER__SCOPE": scope,
        "IMGCAP_DATABASE__READ_URL": servers.url,
        "IMGCAP_DATABASE__READ_ALONE": str(read_alone),
    }
    with (
        Provider().serving() as provider,
        Pipeline(
            tmp_path / "services",
            broker_url=broker_node.url,
            database_url=servers.url,
            store=store,
            environment={**told, **provider.environment},
        ) as pipeline,
    ):
        with Load([pipeline.gateway]) as load:
            load.until_accepted(10)
            sleep(1)
            killed = monotonic()
            servers.primary.kill()
            sleep(NOTICED)
            servers.replica.promote()
            promoted = monotonic()
            sleep(SECONDS)
        broker = BrokerSettings(url=SecretStr(broker_node.url), scope=scope)
        world = World(servers.url_for_writing, Blobs(store), broker, pipeline.gateway)
        took = settle(world, within=60)
        counts = assert_conserved(world, load.memory)
    print(
        f"\n{len(load.memory.accepted)} photos, {counts}, settled after {took:.1f} s;"
        f" promoted {promoted - killed:.1f} s after the kill; uploads {statuses(load.uploads)}, the"
        f" slowest {slowest(load.uploads):.2f} s; searches {statuses(load.searches)}, back"
        f" {back_after(load.searches, killed):.1f} s after the kill"
    )
    assert set(statuses(load.uploads)) <= {200, 202, AWAY}
    assert set(statuses(load.searches)) <= {200, AWAY}
    refused = [one for one in load.uploads + load.searches if one.status == AWAY]
    assert all(one.retry_after for one in refused)
    assert slowest(load.uploads + load.searches) < 8
    assert load.searches[-1].status == 200
    assert back_after(load.searches, killed) < BACK_WITHIN
    assert any(one.began > promoted and one.status == 202 for one in load.uploads)
