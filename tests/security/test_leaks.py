"""What must stay in the house stays there: places, serials and names out of answers and out of
providers' hands; keys, tokens and passwords out of every log and every error.

One photo with a marker in everything that a camera or a person writes into a file goes through a
whole product, whose secrets are markers too; then every byte that came out is searched.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pika
import psycopg
import pytest
from PIL import Image
from psycopg import sql

from services.common.blobs import Blobs
from services.common.settings import StoreSettings
from services.common.topology import Topology, message_properties
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.store import Store
from services.gateway.settings import Settings
from tests.gateway.house import SAMPLES, until
from tests.neighbours import bucket_on, copy_of_template, scope_on
from tests.system.pipeline import Pipeline
from tests.system.provider import Provider

pytestmark = pytest.mark.timeout(240)

#: What the file says of people and places, each in a spelling that nothing else has.
PRIVATE = {
    "latitude": "48.123457",
    "serial": "SER-5512-XYZ",
    "lens serial": "LSER-9981-QRS",
    "artist": "Anneliese Markerwein",
    "owner": "Ottokar Markerstein",
    "xmp": "Xenia Markerdorf",
    "iptc": "Ignaz Markerberg",
}
NAME = "markername-anneliese-at-home"
MAKER, SERIAL, LENS_SERIAL, OWNER_NAME, ARTIST = 0x010F, 0xA431, 0xA435, 0xA430, 0x013B
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
#: 48° 7' 24.4452": what the marker of the latitude is in degrees.
LATITUDE = (48.0, 7.0, 24.4452)
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><creator>{PRIVATE['xmp']}</creator></x:xmpmeta>"


def marked_photo() -> bytes:
    tags = Image.Exif()
    tags[MAKER], tags[ARTIST] = "Leica", PRIVATE["artist"]
    tags.get_ifd(EXIF_IFD).update(
        {
            SERIAL: PRIVATE["serial"],
            LENS_SERIAL: PRIVATE["lens serial"],
            OWNER_NAME: PRIVATE["owner"],
        }
    )
    tags.get_ifd(GPS_IFD).update({1: "N", 2: LATITUDE, 3: "E", 4: (11.0, 34.0, 0.0)})
    out = io.BytesIO()
    with Image.open(SAMPLES / "cat.jpg") as photo:
        photo.save(out, "JPEG", exif=tags, xmp=XMP.encode(), quality=90)
    caption = PRIVATE["iptc"].encode()
    record = b"\x1c\x02\x50" + len(caption).to_bytes(2, "big") + caption
    block = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + len(record).to_bytes(4, "big") + record
    segment = b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block
    content = out.getvalue()
    return content[:2] + segment + content[2:]


class Recorder(Provider):
    """A provider that remembers every byte that it was sent."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        super().__init__()

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                provider.heard.append(f"{self.path}\n{self.headers}".encode() + body)
                status, answer = (
                    provider.look(body)
                    if self.path == "/look"
                    else (200, provider.embed(json.loads(body)["texts"]))
                )
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """It is no news."""

        return Handler


@dataclass
class Glasshouse:
    """A product whose every outgoing byte was kept."""

    gateway: str
    pipeline: Pipeline
    provider: Recorder
    photo_id: str
    secrets: dict[str, str]
    database: str
    store: StoreSettings
    answers: dict[str, bytes] = field(default_factory=dict)
    errors: list[bytes] = field(default_factory=list)


@pytest.fixture(scope="module")
def glasshouse(
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Glasshouse]:
    canaries = {name: f"canary-{name}-{uuid4().hex}" for name in ("token", "tagger", "embedding")}
    signing = f"first:canary-events-{uuid4().hex}"
    with (
        scope_on(broker_node.url) as scope,
        copy_of_template(database_node) as database,
        bucket_on(store_node) as store,
        Recorder().serving() as provider,
        Pipeline(
            tmp_path_factory.mktemp("glass"),
            broker_url=broker_node.url,
            database_url=database,
            store=store,
            environment={
                "IMGCAP_BROKER__SCOPE": scope,
                "IMGCAP_BROKER__EVENT_KEYS": signing,
                "IMGCAP_INTERNAL_TOKEN": canaries["token"],
                "IMGCAP_LOG_LEVEL": "DEBUG",
                "IMGCAP_REDIS_URL": "redis://:canary-redis-7731@127.0.0.1:1/0",
                "IMGCAP_TAGGER_KEY": canaries["tagger"],
                "IMGCAP_EMBEDDING_KEY": canaries["embedding"],
                **provider.environment,
            },
        ) as pipeline,
    ):
        assert isinstance(provider, Recorder)
        assert store.secret_key
        secrets = {
            **canaries,
            "events": signing.partition(":")[2],
            "broker": broker_node.password,
            "store": store.secret_key.get_secret_value(),
            "redis": "canary-redis-7731",
        }
        house = Glasshouse(pipeline.gateway, pipeline, provider, "", secrets, database, store)
        _live(house, broker_node.url, scope)
        yield house


def _live(house: Glasshouse, broker_url: str, scope: str) -> None:
    """A photo goes through, is looked at from all sides, and what can go wrong goes wrong."""
    with httpx.Client(base_url=house.gateway, timeout=30, trust_env=False) as client:
        sent = client.post(
            "/api/photos",
            params={"filename": f"{NAME}.jpg"},
            content=marked_photo(),
            headers={"content-type": "image/jpeg"},
        )
        house.photo_id = str(sent.json()["photos"][0]["id"])
        of = f"/api/photos/{house.photo_id}"
        until(lambda: client.get(of).json()["status"] == "ready", within=60)
        paths = (of, f"{of}/display", f"{of}/thumb", "/api/photos", "/api/search?q=animal",
                 "/api/tags", "/api/status", f"{of}/similar", "/api/search/export?q=animal",
                 "/api/search/export?q=animal&format=xmp")  # fmt: skip
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            house.answers[path] = answer.content
        for path in ("/api/nothing", "/api/photos?limit=x", f"{of}/similar?by=x", "/internal/v1"):
            house.errors.append(client.get(path).content)
        search = house.pipeline.url("search")
        for token in ("wrong", f"Bearer {uuid4().hex}"):
            told = httpx.get(f"{search}/internal/v1/photos", headers={"authorization": token})
            house.errors.append(told.content)
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        channel, topology = connection.channel(), Topology(scope)
        for name, body in (("photo.uploaded", b"{}"), ("photo.tagged", b"no json")):
            channel.basic_publish(topology.exchange, name, body, message_properties(name))
    until(lambda: "parked" in house.pipeline.log("tagger"), within=30)


def holders(things: dict[str, bytes], markers: dict[str, str]) -> list[str]:
    return [
        f"{where} holds {what}"
        for where, content in things.items()
        for what, marker in markers.items()
        if marker.encode() in content
    ]


def test_the_markers_are_in_the_photo_and_would_be_found() -> None:
    photo = marked_photo()
    found = holders({"photo": photo}, PRIVATE)
    assert len(found) == len(PRIVATE) - 1, "all but the latitude, which a file holds as fractions"
    with Image.open(io.BytesIO(photo)) as opened:
        place = opened.getexif().get_ifd(GPS_IFD)[2]
    degrees = float(place[0]) + float(place[1]) / 60 + float(place[2]) / 3600
    assert f"{degrees:.6f}" == PRIVATE["latitude"]


def test_no_place_serial_or_name_is_in_any_answer(glasshouse: Glasshouse) -> None:
    assert holders(glasshouse.answers, PRIVATE) == []
    for form in ("display", "thumb"):
        made = glasshouse.answers[f"/api/photos/{glasshouse.photo_id}/{form}"]
        for block in (b"Exif\x00", b"adobe", b"8BIM", b"Photoshop", b"Leica", NAME.encode()):
            assert block not in made, (form, block)
    told = json.loads(glasshouse.answers[f"/api/photos/{glasshouse.photo_id}"])
    assert told["exif"]["camera_make"] == "Leica", "what is kept is kept"
    assert "gps" not in told["exif"] or told["exif"]["gps"] is None


def test_no_place_serial_or_name_is_sent_to_a_provider(glasshouse: Glasshouse) -> None:
    heard = {str(number): sent for number, sent in enumerate(glasshouse.provider.heard)}
    assert any(sent.startswith(b"/look") for sent in heard.values())
    assert any(sent.startswith(b"/embed") for sent in heard.values())
    assert holders(heard, {**PRIVATE, "name": NAME, "id": glasshouse.photo_id}) == []
    for sent in heard.values():
        for block in (b"Exif\x00", b"adobe", b"8BIM", b"Leica"):
            assert block not in sent


def test_no_secret_is_in_any_log_or_error(glasshouse: Glasshouse) -> None:
    logs = {name: glasshouse.pipeline.log(name).encode() for name in glasshouse.pipeline.names}
    assert all(logs.values())
    sent = b"".join(glasshouse.provider.heard)
    assert glasshouse.secrets["tagger"].encode() in sent, "the keys were used"
    assert glasshouse.secrets["embedding"].encode() in sent
    errors = {f"error {number}": body for number, body in enumerate(glasshouse.errors)}
    assert holders({**logs, **errors, **glasshouse.answers}, glasshouse.secrets) == []
    for name, log in logs.items():
        assert b"Traceback" not in log, name


def test_no_name_or_place_is_in_any_log(glasshouse: Glasshouse) -> None:
    logs = {name: glasshouse.pipeline.log(name).encode() for name in glasshouse.pipeline.names}
    assert holders(logs, PRIVATE) == []


def test_a_setting_that_is_refused_is_not_repeated(tmp_path: Path) -> None:
    secret = "canary-but-short"[:9]
    told: dict[str, Any] = {"internal_token": secret, "spool": tmp_path}
    with pytest.raises(ValueError, match="IMGCAP_INTERNAL_TOKEN") as caught:
        Settings.model_validate(told)
    assert secret not in str(caught.value)


def test_nothing_is_left_of_a_deleted_photo(glasshouse: Glasshouse) -> None:
    """Last: it ends the life of the photo that the others look at."""
    of = f"/api/photos/{glasshouse.photo_id}"
    blobs = Blobs(glasshouse.store)
    assert list(blobs.keys(f"photos/{glasshouse.photo_id}"))
    with httpx.Client(base_url=glasshouse.gateway, timeout=30, trust_env=False) as client:
        assert client.delete(of).status_code == 204
        for path in (of, f"{of}/display", f"{of}/thumb", f"{of}/original", f"{of}/similar"):
            assert client.get(path).status_code == 404, path
        assert client.get("/api/search", params={"q": "animal"}).json()["photos"] == []
        assert client.get("/api/photos").json()["photos"] == []
        until(lambda: not list(blobs.keys(f"photos/{glasshouse.photo_id}")), within=60)
    until(lambda: kept(glasshouse) == [], within=60)


def kept(glasshouse: Glasshouse) -> list[str]:
    """Tables that still know more of the photo than that it was deleted."""
    found = []
    with psycopg.connect(glasshouse.database) as db:
        tables = db.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        for (table,) in tables:
            rows = db.execute(
                sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(table))
            ).fetchall()
            found += [table for (row,) in rows if NAME in row or "Leica" in row]
            if table == "photo_tag":
                found += [table for (row,) in rows if glasshouse.photo_id in row]
    return found
