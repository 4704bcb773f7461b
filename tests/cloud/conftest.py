"""A search service with a database of its own, on a port of its own."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest
import uvicorn
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.publisher import Publisher
from services.common.server import QuietServer
from services.common.settings import BrokerSettings, StoreSettings
from services.search.app import create_app
from services.search.database import Db, open_pool
from services.search.meaning import Meaning
from services.search.settings import DatabaseSettings, Settings
from services.search.state import State
from tests.cloud.batch_server import BatchServer, answered
from tests.cloud.batched import Waitings, waitings
from tests.search.photos import ByHand

Search = Callable[..., str]
House = Callable[..., Waitings]


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The address of a search service with these settings."""
    with ExitStack() as stack:
        pool = open_pool(settings.database)
        stack.callback(pool.close)
        publisher = stack.enter_context(Publisher(settings.broker))
        consumer = Consumer("search", {}, settings.broker)
        blobs, meaning = Blobs(settings.store), Meaning(ByHand())
        state = State(settings, pool, publisher, consumer, blobs, meaning)
        state.migrated.set()
        server = QuietServer(uvicorn.Config(create_app(state), log_config=None, access_log=False))
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        thread = Thread(target=server.run, args=[[listener]])
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def db(database: str) -> Iterator[Db]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def search(database: str, store: StoreSettings) -> Iterator[Search]:
    """Called with the caps of the budget; the broker is away, which money does not mind."""
    with ExitStack() as stack:

        def start(day: str = "5", month: str = "50", over: str = "wait") -> str:
            settings = Settings.model_validate(
                {
                    "broker": BrokerSettings(url=SecretStr("amqp://127.0.0.1:9/")),
                    "store": store,
                    "database": DatabaseSettings(url=SecretStr(database)),
                    "budget": {"day": day, "month": month, "over": over},
                }
            )
            return stack.enter_context(serving(settings))

        yield start


@pytest.fixture
def house(db: Db, search: Search, store: StoreSettings) -> Iterator[House]:
    """A tagger before a loopback OpenAI; its fields are the server's and the settings'."""
    with ExitStack() as stack:

        def build(*first: Any, line: Any = answered, day: str = "5", **own: Any) -> Waitings:
            server = stack.enter_context(BatchServer(line, *first).running())
            return stack.enter_context(waitings(db, search(day=day), store, server, **own))

        yield build
