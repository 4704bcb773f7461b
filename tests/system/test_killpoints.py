"""A crash at each step of an upload and of applying an answer: the photo is there once, or not yet.

The worker's own steps are in ``tests/tagger/test_killpoints.py``.
"""

import signal
from dataclasses import replace
from itertools import count
from uuid import UUID

import httpx
import pytest

from tests.chaos.client import Memory, photo
from tests.chaos.conserved import World, assert_conserved, settle
from tests.system.pipeline import Pipeline

SEED = 7
NUMBERS = count()

#: Uploads of the whole file, so that every test can check that all of them are conserved.
MEMORY = Memory()


def send(pipeline: Pipeline, number: int) -> httpx.Response:
    return httpx.post(
        f"{pipeline.gateway}/api/photos",
        params={"filename": f"{number}.jpg"},
        content=photo(number, SEED),
        headers={"Content-Type": "image/jpeg"},
        timeout=20,
    )


def promised(answer: httpx.Response, number: int) -> UUID:
    of = UUID(answer.json()["photos"][0]["id"])
    MEMORY.accepted[of] = number
    return of


def assert_settled(pipeline: Pipeline, world: tuple[World, str]) -> None:
    truth = replace(world[0], gateway=pipeline.gateway)
    settle(truth, within=40)
    assert_conserved(truth, MEMORY)


@pytest.mark.parametrize(
    "point",
    [
        "gateway.spooled",
        "gateway.reserved",
        "gateway.put",
        "gateway.committed",
        "gateway.published",
    ],
)
def test_an_upload_that_dies_with_its_gateway_is_safe_to_send_again(
    pipeline: Pipeline, world: tuple[World, str], point: str
) -> None:
    number = next(NUMBERS)
    restart(pipeline, "gateway", IMGCAP_CRASH_AT=point)
    with pytest.raises(httpx.HTTPError):
        send(pipeline, number)
    assert pipeline.wait_dead("gateway") == -signal.SIGKILL

    restart(pipeline, "gateway")
    again = send(pipeline, number)
    assert again.is_success
    promised(again, number)
    assert_settled(pipeline, world)


@pytest.mark.parametrize("point", ["gateway.reserved", "gateway.put"])
def test_an_upload_that_nobody_sends_again_leaves_nothing_behind(
    pipeline: Pipeline, world: tuple[World, str], point: str
) -> None:
    restart(pipeline, "gateway", IMGCAP_CRASH_AT=point)
    with pytest.raises(httpx.HTTPError):
        send(pipeline, next(NUMBERS))
    pipeline.wait_dead("gateway")
    restart(pipeline, "gateway")
    assert_settled(pipeline, world)


@pytest.mark.parametrize(
    "point", ["search.applied", "search.committed", "search.handled", "search.published"]
)
def test_an_answer_whose_reader_dies_is_applied_once(
    pipeline: Pipeline, world: tuple[World, str], point: str
) -> None:
    number = next(NUMBERS)
    restart(pipeline, "search", IMGCAP_CRASH_AT=point)
    promised(send(pipeline, number), number)
    assert pipeline.wait_dead("search") == -signal.SIGKILL

    restart(pipeline, "search")
    assert_settled(pipeline, world)


def restart(pipeline: Pipeline, name: str, **more: str) -> None:
    pipeline.kill(name)
    pipeline.wait_dead(name)
    pipeline.spawn(name, **more)
    pipeline.wait_ready(name)
