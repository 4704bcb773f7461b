"""A gateway that dies at any step of an upload loses nothing; one that is to stop finishes."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from threading import Thread
from uuid import UUID

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.events import PhotoUploaded
from services.common.identity import photo_id
from services.common.settings import BrokerSettings, StoreSettings
from services.embedded.database import Database
from services.embedded.store import Store
from tests.common.brokers import post
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
from tests.neighbours import bucket_on, copy_of_template, scope_on

pytestmark = pytest.mark.timeout(120)


@dataclass(frozen=True)
class Street:
    """Search and its neighbours; gateways come and go."""

    search: str
    broker: BrokerSettings
    store: StoreSettings
    database: str
    spool: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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


@pytest.fixture(scope="module")
def street(
    database_node: Database,
    store_node: Store,
    broker_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Street]:
    with ExitStack() as stack:
        database = stack.enter_context(copy_of_template(database_node))
        bucket = stack.enter_context(bucket_on(store_node))
        scope = stack.enter_context(scope_on(broker_url))
        broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
        sweep = {"SWEEP__LOST_AFTER": 1, "SWEEP__EVERY": 0.2}
        search = stack.enter_context(search_service(database, broker, bucket, **sweep))
        yield Street(search, broker, bucket, database, tmp_path_factory.mktemp("spool"))


def announced(street: Street, identity: UUID) -> PhotoUploaded:
    """What the tagger is told of the photo, however late."""
    broker = street.broker
    with post(broker.url.get_secret_value(), broker.scope) as letters:
        while True:
            event = letters.receive("tagger", within=20)
            if isinstance(event, PhotoUploaded) and event.photo_id == identity:
                return event


@pytest.mark.parametrize("step", ["spooled", "reserved", "put", "committed", "published"])
def test_a_gateway_killed_at_any_step_loses_nothing(street: Street, step: str) -> None:
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
    with psycopg.connect(street.database) as db:
        row = "SELECT status, generation FROM photo WHERE photo_id = %s"
        assert db.execute(row, [identity]).fetchall() == [("queued", 1)]
    names = ("display.jpg", "original", "record.json", "thumb.webp")
    kept = sorted(Blobs(street.store).keys(f"photos/{identity}/"))
    assert kept == [f"photos/{identity}/1/{name}" for name in names]
    assert announced(street, identity).blob_key == f"photos/{identity}/1/original"
    assert not [path for path in street.spool.rglob("*") if path.is_file()]


def test_a_gateway_that_is_asked_to_stop_finishes_what_it_has_begun(street: Street) -> None:
    with passage_to(street.search) as (passage, slow_search):
        street = replace(street, search=slow_search)
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
