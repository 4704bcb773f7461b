"""Deploys under load: every process is replaced again and again, and nobody outside notices.

The short form replaces each three times; ``IMGCAP_HA_ROUNDS=10`` is the long one.
"""

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import monotonic, sleep

import pytest

from tests.chaos.conserved import assert_conserved, settle
from tests.ha.conftest import SERVICES, House
from tests.ha.load import Load, refusals, slowest, statuses

ROUNDS = int(os.environ.get("IMGCAP_HA_ROUNDS", "3"))
#: Each deployment replaces one of its two at a time, all deployments at once.
HALVES = (SERVICES, tuple(f"{name}2" for name in SERVICES))


@pytest.mark.alone
@pytest.mark.timeout(240 + 120 * ROUNDS)
def test_a_rolling_deploy_drops_nothing_and_pays_nothing_twice(house: House) -> None:
    with Load([house.door], seed=40, pause=0.1) as load:
        load.until_accepted(5)
        began = monotonic()
        for _ in range(ROUNDS):
            for half in HALVES:
                replace(house, half)
        took = monotonic() - began
    settle(house.world, within=60)
    counts = assert_conserved(house.world, load.memory)
    answered = house.provider.ledger.answered
    print(
        f"\n{ROUNDS * len(HALVES) * len(SERVICES)} processes replaced in {took:.0f} s: uploads"
        f" {statuses(load.uploads)}, the slowest {slowest(load.uploads):.2f} s; searches"
        f" {statuses(load.searches)}, the slowest {slowest(load.searches):.2f} s; {counts};"
        f" {sum(answered.values())} paid for {len(answered)};"
        f" turned away {[front.turned_away for front in house.fronts.values()]}"
    )
    assert refusals(load.uploads + load.searches) == []
    assert set(statuses(load.uploads)) == {202}
    assert set(statuses(load.searches)) == {200}
    assert set(answered.values()) == {1}


def replace(house: House, names: Sequence[str]) -> None:
    """As a supervisor does it: asked to stop, gone by itself, started, ready, seen by its front."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(_replace_one, house), names))
    for front in house.fronts.values():
        deadline = monotonic() + 10
        while len(front.ready) < len(front.backends):
            assert monotonic() < deadline
            sleep(0.02)


def _replace_one(house: House, name: str) -> None:
    house.pipeline.kill(name, signal.SIGTERM)
    assert house.pipeline.wait_dead(name) == 0, house.pipeline.log(name)[-2000:]
    house.pipeline.spawn(name)
    house.pipeline.wait_ready(name)
