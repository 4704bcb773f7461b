"""Two of everything behind fronts, on one broker, one database and one store."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.settings import BrokerSettings
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.ports import Ports
from services.embedded.store import Store
from tests.chaos.conserved import World
from tests.ha.front import Front
from tests.neighbours import bucket_on, copy_of_template, scope_on, store_settings
from tests.system.pipeline import Pipeline
from tests.system.provider import Provider

SERVICES = ("search", "embedder", "tagger", "gateway")
TWICE = (*SERVICES, *(f"{name}2" for name in SERVICES))
ENVIRONMENT = {
    "IMGCAP_SWEEP__EVERY": "0.1",
    "IMGCAP_SWEEP__LOST_AFTER": "10",
    "IMGCAP_SWEEP__LOOK_AGAIN": "1",
    "IMGCAP_SWEEP__PER_SECOND": "50",
    "IMGCAP_DRAIN": "2",
    "IMGCAP_LOG_LEVEL": "INFO",
}


@dataclass(frozen=True)
class House:
    """``fronts`` by service; ``gateways`` are the two themselves."""

    pipeline: Pipeline
    provider: Provider
    fronts: dict[str, Front]
    world: World
    scope: str

    @property
    def gateways(self) -> tuple[str, str]:
        return self.pipeline.url("gateway"), self.pipeline.url("gateway2")

    @property
    def door(self) -> str:
        return self.fronts["gateway"].url


@pytest.fixture(scope="module")
def house(
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    ports = Ports(folder / "fronts.json")
    with ExitStack() as stack:
        scope = stack.enter_context(scope_on(broker_node.url))
        database = stack.enter_context(copy_of_template(database_node))
        store = stack.enter_context(bucket_on(store_node))
        provider = stack.enter_context(Provider().serving())
        doors = {name: ports.take(name) for name in ("search", "embedder", "gateway")}
        pipeline = Pipeline(
            folder / "services",
            broker_url=broker_node.url,
            database_url=database,
            store=store_settings(store_node, store.bucket),
            environment={
                **ENVIRONMENT,
                **provider.environment,
                "IMGCAP_BROKER__SCOPE": scope,
                "IMGCAP_SEARCH_URL": f"http://127.0.0.1:{doors['search']}",
                "IMGCAP_EMBEDDER_URL": f"http://127.0.0.1:{doors['embedder']}",
            },
            names=TWICE,
        )
        fronts = {
            name: stack.enter_context(
                Front(port, {one: pipeline.ports[one] for one in (name, f"{name}2")})
            )
            for name, port in doors.items()
        }
        stack.enter_context(pipeline)
        broker = BrokerSettings(url=SecretStr(broker_node.url), scope=scope)
        world = World(database, Blobs(store), broker, fronts["gateway"].url)
        yield House(pipeline, provider, fronts, world, scope)
