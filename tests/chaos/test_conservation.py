"""Conservation: every photo that was accepted is accounted for, whatever died meanwhile.

The short form is part of ``make test``. ``make chaos`` runs the long one: IMGCAP_CHAOS_SECONDS
of havoc for each of IMGCAP_CHAOS_SEEDS seeds.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Event as Flag
from time import monotonic, sleep

import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.settings import BrokerSettings, StoreSettings
from services.embedded.broker import Broker
from services.embedded.database import Database
from tests.chaos.client import Client, Memory, work
from tests.chaos.conserved import World, assert_conserved, settle
from tests.chaos.havoc import (
    Bill,
    Repeater,
    break_neighbours,
    in_thread,
    kill_and_start,
    kill_services,
    wipe_and_start,
)
from tests.neighbours import a_broker, a_database
from tests.system.pipeline import Pipeline
from tests.system.provider import Provider

SECONDS = int(os.environ.get("IMGCAP_CHAOS_SECONDS", "40"))
SEEDS = range(1, 1 + int(os.environ.get("IMGCAP_CHAOS_SEEDS", "1")))
CLIENTS = 3
SETTLED_WITHIN = 60 + SECONDS
#: What havoc that shows something has done at least. A slow machine takes longer over it.
PHOTOS, KILLS = SECONDS, SECONDS / 8

#: The same rules, on a shorter clock.
IMPATIENT = {
    "IMGCAP_SWEEP__EVERY": "0.3",
    "IMGCAP_SWEEP__LOST_AFTER": "4",
    "IMGCAP_SWEEP__LOOK_AGAIN": "6",
    "IMGCAP_SWEEP__ABANDONED_AFTER": "15",
    "IMGCAP_SWEEP__RETRY_SCALE": "0.05",
    "IMGCAP_SWEEP__PER_SECOND": "500",
    "IMGCAP_BROKER__HEARTBEAT": "5",
    "IMGCAP_LOG_LEVEL": "WARNING",
}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with a_broker(tmp_path / "broker") as own:
        yield own


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[Database]:
    with a_database(tmp_path / "database") as own:
        yield own


@pytest.mark.timeout(420 + 6 * SECONDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_accepted_photo_is_accounted_for(
    seed: int, broker: Broker, own_database: Database, store: StoreSettings, tmp_path: Path
) -> None:
    memory, bill, stop = Memory(), Bill(), Flag()
    with (
        Provider(faulty=0.15, seconds=0.03, seed=seed).serving() as provider,
        Pipeline(
            tmp_path / "services",
            broker_url=broker.url,
            database_url=own_database.url,
            store=store,
            environment={**IMPATIENT, **provider.environment},
        ) as pipeline,
    ):
        pipeline.keep()
        settings = BrokerSettings(url=SecretStr(broker.url))
        clients = [
            in_thread(work, Client(pipeline.gateway, memory, seed * 100 + n), _numbers(n), stop,
                      0.12, 0.05)
            for n in range(CLIENTS)
        ]  # fmt: skip
        havoc = [
            in_thread(kill_services, pipeline, provider.ledger, bill, stop, (0.1, 0.9), seed),
            in_thread(Repeater(settings, bill, stop, 0.2, Random(seed)).run),
        ]
        plan = [
            (SECONDS * 0.2, "database killed", lambda: kill_and_start(own_database)),
            (SECONDS * 0.4, "broker killed", lambda: kill_and_start(broker)),
            (SECONDS * 0.65, "broker wiped", lambda: wipe_and_start(broker)),
            (SECONDS * 1.0, "the end", lambda: end(stop, memory, bill)),
        ]
        break_neighbours(plan, bill)
        for thread in [*havoc, *clients]:
            thread.join(timeout=60)
            assert not thread.is_alive(), thread.name
        pipeline.wait_ready()
        world = World(own_database.url, Blobs(store), settings, pipeline.gateway)
        took = settle(world, SETTLED_WITHIN)
        counts = assert_conserved(world, memory)
    _report(seed, memory, bill, provider, counts, took)
    assert bill.done == [what for _, what, _ in plan]
    assert bill.kills >= KILLS
    assert len(memory.accepted) > PHOTOS
    assert memory.deleted
    paid = sum(provider.ledger.answered.values())
    unavoidable = len(provider.ledger.answered) + bill.windows
    assert paid <= 1.02 * unavoidable, f"{paid} paid answers, {unavoidable} were unavoidable"


def end(stop: Flag, memory: Memory, bill: Bill) -> None:
    """Stop the havoc as soon as enough has happened, at the latest after four times its time."""
    deadline = monotonic() + 3 * SECONDS
    while monotonic() < deadline and not (
        len(memory.accepted) > PHOTOS and memory.deleted and bill.kills >= KILLS
    ):
        sleep(0.1)
    stop.set()


def _numbers(client: int) -> range:
    return range(client * 100_000, (client + 1) * 100_000)


def _report(
    seed: int, memory: Memory, bill: Bill, provider: Provider, counts: dict[str, int], took: float
) -> None:
    ledger = provider.ledger
    print(
        f"\nseed {seed}: {len(memory.accepted)} accepted, {len(memory.deleted)} deleted,"
        f" {counts}; {bill.kills} kills, {', '.join(bill.done)}; {bill.duplicates} duplicates,"
        f" {ledger.faults} provider faults; {sum(ledger.answered.values())} paid answers for"
        f" {len(ledger.answered)} photos and {bill.windows} crash windows;"
        f" slowest answer {memory.slowest:.1f} s; settled {took:.1f} s after the last fault"
    )
