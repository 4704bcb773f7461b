"""Search and its neighbours, for gateways that are processes of their own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from services.common.settings import BrokerSettings, StoreSettings
from tests.gateway.house import answers, environment, process_of, until
from tests.ports import free_port


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
