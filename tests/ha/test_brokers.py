"""Three brokers: the one that leads the queues dies, and nobody who uploads can tell."""

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.settings import BrokerSettings, StoreSettings
from tests.chaos.conserved import World, assert_conserved, settle
from tests.ha.load import Load, longest_without, slowest, statuses
from tests.ha.rabbits import Rabbits
from tests.system.pipeline import Pipeline
from tests.system.provider import Provider

#: Of load after the kill; `IMGCAP_HA_SECONDS=60` is the long form.
SECONDS = float(os.environ.get("IMGCAP_HA_SECONDS", "6"))
ENVIRONMENT = {
    "IMGCAP_SWEEP__LOST_AFTER": "10",
    "IMGCAP_BROKER__HEARTBEAT": "5",
    "IMGCAP_LOG_LEVEL": "INFO",
}


@pytest.fixture
def rabbits(tmp_path: Path) -> Iterator[Rabbits]:
    with Rabbits(tmp_path) as own:
        yield own


@pytest.mark.timeout(300 + 3 * SECONDS)
def test_the_leader_of_the_queues_dies_under_load_and_no_upload_notices(
    rabbits: Rabbits, database: str, store: StoreSettings, tmp_path: Path
) -> None:
    with (
        Provider().serving() as provider,
        Pipeline(
            tmp_path / "services",
            broker_url=rabbits.url,
            database_url=database,
            store=store,
            environment={**ENVIRONMENT, **provider.environment},
        ) as pipeline,
    ):
        assert rabbits.online("tagger") == len(rabbits.members)
        leader = rabbits.leaders(["tagger"])["tagger"]
        with Load([pipeline.gateway]) as load:
            load.until_accepted(10)
            killed = monotonic()
            leader.kill()
            sleep(SECONDS)
        ended = monotonic()
        broker = BrokerSettings(url=SecretStr(rabbits.url))
        world = World(database, Blobs(store), broker, pipeline.gateway)
        took = settle(world, within=40)
        counts = assert_conserved(world, load.memory)
        assert rabbits.leaders(["tagger"])["tagger"] is not leader
    ledger = provider.ledger
    stall = longest_without([window[0] for window in ledger.windows], killed, ended)
    print(
        f"\n{len(load.memory.accepted)} photos, answers {statuses(load.uploads)}, slowest upload"
        f" {slowest(load.uploads):.2f} s, workers without work for {stall:.2f} s, settled"
        f" {took:.1f} s after the last upload, {counts};"
        f" {sum(ledger.answered.values())} paid for {len(ledger.answered)}"
    )
    assert set(statuses(load.uploads)) == {202}
    assert set(statuses(load.searches)) == {200}
    assert slowest(load.uploads) < 5
    assert sum(ledger.answered.values()) == len(load.memory.accepted)
