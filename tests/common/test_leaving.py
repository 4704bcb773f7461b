"""A server that goes says so first."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread
from time import monotonic, sleep

import httpx
import pytest
from fastapi import FastAPI

from services.common.server import serve_until
from services.embedded.ports import LOOPBACK, Ports, is_open

DRAIN = 0.6


def an_app() -> FastAPI:
    app = FastAPI()

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    @app.get("/work")
    def work() -> str:
        return "done"

    return app


@contextmanager
def serving(port: int, stop: Flag) -> Iterator[httpx.Client]:
    thread = Thread(
        target=serve_until, args=[stop, an_app(), LOOPBACK, port], kwargs={"drain": DRAIN}
    )
    thread.start()
    while not is_open(port):
        sleep(0.02)
    with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", trust_env=False) as client:
        yield client
    stop.set()
    thread.join(10)


@pytest.fixture
def port(tmp_path_factory: pytest.TempPathFactory) -> int:
    return Ports(tmp_path_factory.mktemp("ports") / "ports.json").take("server")


def test_a_server_that_leaves_is_unready_and_still_answers(port: int) -> None:
    stop = Flag()
    with serving(port, stop) as client:
        assert client.get("/readyz").status_code == 200
        stop.set()
        sleep(0.1)
        assert client.get("/readyz").status_code == 503
        assert client.get("/work").json() == "done"


def test_a_server_that_leaves_keeps_no_connection(port: int) -> None:
    stop = Flag()
    with serving(port, stop) as client:
        assert client.get("/work").headers.get("connection") is None
        stop.set()
        assert client.get("/work").headers["connection"] == "close"


def test_a_server_closes_when_its_time_to_drain_is_over(port: int) -> None:
    stop = Flag()
    with serving(port, stop):
        began = monotonic()
        stop.set()
        while is_open(port):
            sleep(0.02)
            assert monotonic() < began + 5
        assert monotonic() - began >= DRAIN
