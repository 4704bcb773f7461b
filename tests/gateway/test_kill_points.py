"""A gateway that dies at any step of an upload loses nothing; one that is to stop finishes."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Thread

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.events import PhotoUploaded
from services.common.identity import photo_id
from services.common.settings import BrokerSettings, StoreSettings
from tests.common.brokers import Post, post
from tests.gateway.house import (
    answers,
    environment,
    free_port,
    jpeg,
    passage_to,
    process_of,
    search_service,
    until,
)
from tests.gateway.raw import line_to
from tests.gateway.stream import listening

pytestmark = pytest.mark.timeout(120)


class Street:
    """Search and its neighbours; gateways come and go."""

    def __init__(
        self, search: str, broker: BrokerSettings, store: StoreSettings, spool: Path
    ) -> None:
        self.search, self.broker, self.store, self.spool = search, broker, store, spool
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def gateway(self, crash_at: str = "", **more: object) -> Iterator[subprocess.Popen[bytes]]:
        told = {"SEARCH_URL": self.search, "SPOOL": self.spool, "PIXEL_WORKERS": 1, **more}
        own = environment(self.broker, self.store, self.port, CRASH_AT=crash_at, **told)
        with process_of("gateway", own) as process:
            until(lambda: answers(f"{self.url}/readyz"), within=30)
            yield process

    def upload(self, photo: bytes) -> httpx.Response:
        return httpx.post(
            f"{self.url}/api/photos?filename=a.jpg",
            content=photo,
            headers={"content-type": "image/jpeg"},
            timeout=20,
            trust_env=False,
        )


@pytest.fixture
def street(
    database: str, broker_url: str, scope: str, store: StoreSettings, tmp_path: Path
) -> Iterator[Street]:
    broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
    with search_service(database, broker, store, SWEEP__LOST_AFTER=1, SWEEP__EVERY=0.2) as search:
        yield Street(search, broker, store, tmp_path / "spool")


@pytest.fixture
def letters(broker_url: str, scope: str) -> Iterator[Post]:
    with post(broker_url, scope) as letters:
        yield letters


@pytest.mark.parametrize("step", ["spooled", "reserved", "put", "committed", "published"])
def test_a_gateway_killed_at_any_step_loses_nothing(
    street: Street, letters: Post, database: str, step: str
) -> None:
    photo = jpeg()
    identity = photo_id("local", sha256(photo).hexdigest())
    with street.gateway(crash_at=f"gateway.{step}") as dying:
        with pytest.raises(httpx.TransportError):
            street.upload(photo)
        assert dying.wait(10) == -signal.SIGKILL
    with street.gateway():
        again = street.upload(photo)
        assert again.status_code == (200 if step in ("committed", "published") else 202)
        assert again.json()["photos"][0]["id"] == str(identity)
    with psycopg.connect(database) as db:
        assert db.execute("SELECT status, generation FROM photo").fetchall() == [("queued", 1)]
    blobs = Blobs(street.store)
    names = ("display.jpg", "original", "record.json", "thumb.webp")
    assert sorted(blobs.keys("")) == [f"photos/{identity}/1/{name}" for name in names]
    event = letters.receive("tagger", within=20)
    assert isinstance(event, PhotoUploaded)
    assert (event.photo_id, event.blob_key) == (identity, f"photos/{identity}/1/original")
    assert not [path for path in street.spool.rglob("*") if path.is_file()]


def test_a_gateway_that_is_asked_to_stop_finishes_what_it_has_begun(street: Street) -> None:
    with passage_to(street.search) as (passage, slow_search):
        street.search = slow_search
        passage.fault = lambda path: "slow" if path.endswith(":commit") else ""
        with street.gateway() as gateway, listening(street.url) as page:
            until(lambda: page.position)
            status: list[int] = []
            upload = Thread(target=lambda: status.append(street.upload(jpeg()).status_code))
            upload.start()
            until(lambda: any(asked.endswith(":commit") for asked in passage.asked))
            began = time.monotonic()
            gateway.send_signal(signal.SIGTERM)
            assert page.heard.get(timeout=2) is None or page.heard.get(timeout=2) is None
            upload.join()
            assert status == [202]
            assert gateway.wait(20) == 0
            assert time.monotonic() - began < 10


def test_a_stalled_upload_does_not_keep_a_gateway_from_stopping(street: Street) -> None:
    with street.gateway(DEADLINES__BODY=2) as gateway, line_to(street.url) as line:
        line.begin("POST", "/api/photos", "Content-Type: image/jpeg", "Content-Length: 1000000")
        line.send(b"\xff\xd8\xff")
        time.sleep(0.3)
        began = time.monotonic()
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait(30) == 0
        assert time.monotonic() - began < 10


def test_a_gateway_that_drains_is_unready_before_it_closes(street: Street) -> None:
    with street.gateway(DRAIN=1.5) as gateway:
        gateway.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert httpx.get(f"{street.url}/readyz", trust_env=False).status_code == 503
        assert street.upload(jpeg()).status_code == 202
        assert gateway.wait(20) == 0


def test_a_second_signal_ends_a_gateway_at_once(street: Street) -> None:
    with street.gateway(DRAIN=10) as gateway:
        gateway.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait(2) == 128 + signal.SIGTERM
