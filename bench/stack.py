"""A product of its own for one part of the bench, on free ports and in a folder that goes."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.common.blobs import Blobs
from services.common.settings import StoreSettings
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.home import Home
from services.embedded.store import Store
from tests.neighbours import a_broker, a_database, store_settings
from tests.system.pipeline import ORDER, Pipeline


@dataclass(frozen=True)
class Neighbours:
    folder: Path
    broker: Broker
    database: Database
    store: Store

    @property
    def blobs(self) -> StoreSettings:
        return store_settings(self.store)


@contextmanager
def neighbours() -> Iterator[Neighbours]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imgcap-bench-")))
        yield Neighbours(
            folder,
            stack.enter_context(a_broker(folder / "broker")),
            stack.enter_context(a_database(folder / "database")),
            # Volumes as large as the product's: those of tests fill, and who fills one waits 1 s.
            stack.enter_context(Store(Home(folder / "store"))),
        )


@contextmanager
def product(
    around: Neighbours, environment: Mapping[str, str], names: tuple[str, ...] = ORDER
) -> Iterator[Pipeline]:
    Blobs(around.blobs).make_bucket()
    with Pipeline(
        around.folder / "services",
        broker_url=around.broker.url,
        database_url=around.database.url,
        store=around.blobs,
        environment={"IMGCAP_LOG_LEVEL": "WARNING", **environment},
        names=names,
    ) as pipeline:
        yield pipeline
