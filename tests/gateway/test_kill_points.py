"""A gateway that dies at any step of an upload loses nothing; one that is to stop finishes."""

import signal
import time
from dataclasses import replace
from hashlib import sha256
from threading import Thread
from uuid import UUID

import httpx
import psycopg
import pytest

from services.common.blobs import Blobs
from services.common.events import PhotoUploaded
from services.common.identity import photo_id
from tests.common.brokers import post
from tests.gateway.house import (
    jpeg,
    passage_to,
    until,
)
from tests.gateway.raw import line_to
from tests.gateway.stream import listening
from tests.gateway.street import Street


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


@pytest.mark.alone
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
