"""A gateway with everything around it: real search, broker and store, and faults on order."""

import asyncio
import io
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import httpx
import psycopg
from fastapi import FastAPI, Request, Response
from PIL import Image
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from services.common.blobs import Blobs
from services.common.server import serve_until
from services.common.settings import BrokerSettings, StoreSettings
from services.gateway.__main__ import serve
from services.gateway.settings import MIB, DeadlineSettings, Settings, UploadSettings
from services.search.database import Db
from tests.gateway.embedder import embedder
from tests.ports import free_port

SAMPLES = Path(__file__).parents[2] / "samples"
TOKEN = "the-token-of-tests-and-nobody-else"
INSIDE = {"Authorization": f"Bearer {TOKEN}"}
CAT = (SAMPLES / "cat.jpg").read_bytes()


def until(true: Callable[[], Any], within: float = 30.0) -> Any:
    """What ``true`` says once it says anything."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if said := true():
            return said
        time.sleep(0.02)
    raise AssertionError(f"{true} did not come true within {within} s")


def jpeg(size: tuple[int, int] = (320, 200)) -> bytes:
    """A photo like no other: noise."""
    image = Image.effect_noise(size, 40).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


@contextmanager
def on_a_thread(target: Callable[[Flag], None]) -> Iterator[Flag]:
    stop = Flag()
    thread = Thread(target=target, args=[stop])
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def environment(
    broker: BrokerSettings, store: StoreSettings, port: int, **more: object
) -> dict[str, str]:
    """What a service's process is told."""
    secrets = (store.access_key, store.secret_key)
    access_key, secret_key = (secret.get_secret_value() if secret else "" for secret in secrets)
    told: dict[str, object] = {
        "PORT": port,
        "BROKER__URL": broker.url.get_secret_value(),
        "BROKER__SCOPE": broker.scope,
        "STORE__ENDPOINT": store.endpoint,
        "STORE__BUCKET": store.bucket,
        "STORE__ACCESS_KEY": access_key,
        "STORE__SECRET_KEY": secret_key,
        "INTERNAL_TOKEN": TOKEN,
        **more,
    }
    return {**os.environ, **{f"IMGCAP_{name}": str(value) for name, value in told.items()}}


@contextmanager
def process_of(service: str, told: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-m", f"services.{service}"], env=told) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def search_service(
    database: str, broker: BrokerSettings, store: StoreSettings, **more: object
) -> Iterator[str]:
    """The address of a real one."""
    port = free_port()
    with embedder() as embedder_url:
        own: dict[str, object] = {"DATABASE__URL": database, "EMBEDDER_URL": embedder_url, **more}
        with process_of("search", environment(broker, store, port, **own)):
            url = f"http://127.0.0.1:{port}"
            until(lambda: answers(f"{url}/readyz"), within=60)
            yield url


class Cut(Response):
    """The connection ends in the middle of the answer."""

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


Fault = Callable[[str], str]


def well(_: str) -> str:
    return ""


@dataclass
class Passage:
    """The way to search, on which requests and answers may get lost.

    ``fault`` says of a path what happens there: "before" (cut, search never hears of it), "after"
    (cut, search has done it), "slow", "frozen", "503", or nothing.
    """

    behind: str
    fault: Fault = well
    asked: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        client = httpx.AsyncClient(base_url=self.behind, trust_env=False, timeout=10)

        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            async with client:
                yield

        app = FastAPI(lifespan=lifespan)

        @app.api_route("/{path:path}", methods=["GET", "POST", "PATCH", "DELETE"])
        async def forward(request: Request, path: str) -> Response:
            self.asked.append(f"{request.method} /{path}")
            match self.fault(path):
                case "before":
                    return Cut()
                case "503":
                    return Response(status_code=503)
                case "slow":
                    await asyncio.sleep(1.2)
                case "frozen":
                    async for _ in request.stream():
                        pass
                    while not await request.is_disconnected():
                        await asyncio.sleep(0.1)
                    return Cut()
            answer = await client.request(
                request.method,
                request.url.path,
                params=request.query_params,
                content=await request.body(),
                headers={
                    name: request.headers.get(name, "")
                    for name in ("content-type", "authorization")
                },
            )
            if self.fault(path) == "after":
                return Cut()
            kept = {
                name: answer.headers[name]
                for name in ("content-type", "retry-after")
                if name in answer.headers
            }
            return Response(answer.content, answer.status_code, kept)

        return app


@dataclass
class House:
    """What a test may look at."""

    url: str
    client: httpx.Client
    passage: Passage
    settings: Settings
    db: Db
    blobs: Blobs

    def upload(self, content: bytes, name: str = "cat.jpg", **more: Any) -> httpx.Response:
        headers = {"content-type": "image/jpeg", **more.pop("headers", {})}
        return self.client.post(
            "/api/photos", params={"filename": name}, content=content, headers=headers, **more
        )

    def kept(self, content: bytes, name: str = "cat.jpg") -> str:
        """The id of an uploaded photo."""
        answer = self.upload(content, name)
        assert answer.status_code in (200, 202), answer.text
        return str(answer.json()["photos"][0]["id"])

    def keys(self, photo_id: str = "") -> list[str]:
        return sorted(self.blobs.keys(f"photos/{photo_id}"))

    def spooled(self) -> list[Path]:
        return [path for path in self.settings.spool.rglob("*") if path.is_file()]

    def rows(self) -> int:
        found = self.db.execute("SELECT count(*) FROM photo").fetchone()
        return int(found[0]) if found else 0


@contextmanager
def gateway(settings: Settings) -> Iterator[str]:
    """The address of a gateway on a thread."""
    with on_a_thread(lambda stop: serve(settings, stop, stop)):
        url = f"http://127.0.0.1:{settings.port}"
        until(lambda: answers(f"{url}/healthz"))
        yield url


@contextmanager
def passage_to(url: str) -> Iterator[tuple[Passage, str]]:
    passage, port = Passage(url), free_port()
    run = partial(serve_until, host="127.0.0.1", port=port, grace=1)
    with on_a_thread(lambda stop: run(stop, passage.app())):
        until(lambda: answers(f"http://127.0.0.1:{port}/readyz"))
        yield passage, f"http://127.0.0.1:{port}"


def gateway_settings(tmp_path: Path, **more: Any) -> Settings:
    deadlines = DeadlineSettings(header=1, body=1, linger=1, unread=1, idle=5)
    upload = UploadSettings(max_bytes=2 * MIB, max_request_bytes=8 * MIB, max_files=10)
    fields = {
        "port": free_port(),
        "pixel_workers": 1,
        "deadlines": deadlines,
        "upload": upload,
        "heartbeat": 0.5,
        "internal_token": SecretStr(TOKEN),
    }
    return Settings(**{**fields, "spool": tmp_path / "spool", **more})


@contextmanager
def open_house(
    database: str, broker: BrokerSettings, store: StoreSettings, folder: Path, **more: Any
) -> Iterator[House]:
    with ExitStack() as stack:
        search = stack.enter_context(search_service(database, broker, store))
        passage, search_url = stack.enter_context(passage_to(search))
        settings = gateway_settings(
            folder, broker=broker, store=store, search_url=search_url, **more
        )
        url = stack.enter_context(gateway(settings))
        client = stack.enter_context(httpx.Client(base_url=url, timeout=20, trust_env=False))
        db = stack.enter_context(psycopg.connect(database, autocommit=True))
        yield House(url, client, passage, settings, db, Blobs(store))
