"""A gallery with accounts: real gateway, search and store, and somebody of every kind in it."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
from PIL import ExifTags, Image
from pydantic import SecretStr

from services.common.settings import BrokerSettings, StoreSettings
from services.gateway.settings import LimitSettings, Settings
from services.gateway.who.tokens import hash_of
from services.search.apply import apply_result
from services.search.database import Db
from tests.gateway.house import (
    answers,
    gateway,
    gateway_settings,
    search_service,
    until,
)
from tests.ports import free_port
from tests.search.photos import embedded, tag

PASSWORD = "correct horse battery"
#: Nobody listens there: photos are taken in without a broker.
NO_BROKER = BrokerSettings(url=SecretStr(f"amqp://guest:guest@127.0.0.1:{free_port()}/"))
#: What must not get out: a place, and names that tell.
LATITUDE, SECRET_NAME = 47.123, "at-grandmas-house"
NO_LIMITS = LimitSettings(browse="", upload="", search="", login="", paid="")


def photo_with_gps(colour: tuple[int, int, int]) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Leica"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (47.0, 7.0, 22.8), 3: "E", 4: (8.0, 30.0, 0.0)}
    )
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


@dataclass
class Castle:
    url: str
    search_url: str
    db: Db
    settings: Settings
    visitors: list[httpx.Client] = field(default_factory=list)

    def visitor(self, **headers: str) -> httpx.Client:
        """A browser, or a program with a key."""
        client = httpx.Client(base_url=self.url, headers=headers, timeout=20, trust_env=False)
        self.visitors.append(client)
        return client

    def by_key(self, key: str) -> httpx.Client:
        return self.visitor(Authorization=f"Bearer {key}")

    def invitation(self, role: str) -> str:
        """A token as the link of an invitation has it."""
        token = sha256(f"{role}{len(self.visitors)}".encode()).hexdigest()[:43]
        self.db.execute(
            "INSERT INTO invitation (token_hash, role, expires_at)"
            " VALUES (%s, %s, now() + interval '1 hour')",
            [hash_of(token), role],
        )
        return token

    def somebody(self, role: str, name: str) -> httpx.Client:
        """Signed in, the page's header on every call."""
        client = self.visitor(**{"X-Imgcap": "1"})
        said = {"token": self.invitation(role), "name": name, "password": PASSWORD}
        answer = client.post("/api/setup", json=said)
        assert answer.status_code == 204, answer.text
        return client

    def tagged(self, photo_id: str, owner: str, *words: str, **more: Any) -> None:
        """As the workers would have seen it."""
        with psycopg.connect(self.db.info.dsn, password=self.db.info.password) as db:
            seen = embedded(db, UUID(photo_id), *map(tag, words), owner=owner, **more)
            assert apply_result(db, seen)


def upload(client: httpx.Client, content: bytes, name: str) -> str:
    headers = {"content-type": "image/jpeg"}
    answer = client.post("/api/photos", params={"filename": name}, content=content, headers=headers)
    assert answer.status_code in (200, 202), answer.text
    return str(answer.json()["photos"][0]["id"])


def key_of(client: httpx.Client, *scopes: str, **more: Any) -> str:
    answer = client.post("/api/keys", json={"name": "test", "scopes": scopes, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


@contextmanager
def open_castle(database: str, store: StoreSettings, folder: Path, **more: Any) -> Iterator[Castle]:
    with ExitStack() as stack:
        search = stack.enter_context(search_service(database, NO_BROKER, store))
        fields = {"auth": "on", "gps": True, "limits": NO_LIMITS, "samples": folder / "none"}
        settings = gateway_settings(
            folder, broker=NO_BROKER, store=store, search_url=search, **{**fields, **more}
        )
        url = stack.enter_context(gateway(settings))
        until(lambda: answers(f"{url}/readyz"), within=30)
        db = stack.enter_context(psycopg.connect(database, autocommit=True))
        castle = Castle(url, search, db, settings)
        yield castle
        for client in castle.visitors:
            client.close()
