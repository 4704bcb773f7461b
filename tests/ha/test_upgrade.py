"""Workers of the last release beside those of this one, on the same queues."""

import io
import re
import subprocess
import tarfile
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.settings import BrokerSettings, StoreSettings
from tests.chaos.conserved import World, assert_conserved, settle
from tests.ha.load import Load, statuses
from tests.system.pipeline import ORDER, ROOT, Pipeline
from tests.system.provider import Provider

#: The last commit of the release before this one.
LAST_RELEASE = "03bb6eadea53bf3d84b36493094fa3109ef21fa0"
OLD = ("tagger2", "embedder2")
PHOTOS = 60


@pytest.fixture(scope="module")
def last_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its services, out of this repository's history."""
    packed = subprocess.run(
        ["git", "archive", LAST_RELEASE, "services"], cwd=ROOT, capture_output=True, check=True
    )
    folder = tmp_path_factory.mktemp("last_release")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.mark.timeout(300)
def test_workers_of_the_last_release_work_beside_those_of_this_one(
    last_release: Path,
    broker_url: str,
    scope: str,
    database: str,
    store: StoreSettings,
    tmp_path: Path,
) -> None:
    told = {
        "IMGCAP_BROKER__SCOPE": scope,
        # The last release knows no token; whoever upgrades sets it afterwards.
        "IMGCAP_INTERNAL_TOKEN": "",
    }
    with (
        Provider(seconds=0.05).serving() as provider,
        Pipeline(
            tmp_path / "services",
            broker_url=broker_url,
            database_url=database,
            store=store,
            environment={**told, **provider.environment},
            names=(*ORDER, *OLD),
            trees=dict.fromkeys(OLD, last_release),
        ) as pipeline,
    ):
        with Load([pipeline.gateway], clients=4, pause=0.01, seed=60) as load:
            load.until_accepted(PHOTOS, within=60)
        broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
        world = World(database, Blobs(store), broker, pipeline.gateway)
        settle(world, within=60)
        counts = assert_conserved(world, load.memory)
        work = {name: handled(pipeline, name) for name in ("tagger", "embedder", *OLD)}
    print(f"\n{counts}, uploads {statuses(load.uploads)}, handled {work}")
    assert all(work.values()), "both releases worked"
    assert set(provider.ledger.answered.values()) == {1}


def handled(pipeline: Pipeline, name: str) -> float:
    text = httpx.get(f"{pipeline.url(name)}/metrics").text
    return sum(
        map(float, re.findall(r"^imgcap_events_handled_total\{.*\} (\S+)", text, re.MULTILINE))
    )
