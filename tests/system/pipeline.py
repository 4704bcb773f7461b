"""The product as it runs: four real processes over a real broker, database and store."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Self

import httpx

from services.common.settings import StoreSettings
from services.embedded.database import Database
from services.embedded.ports import LOOPBACK, Ports
from services.embedded.store import Store
from tests.neighbours import bucket_on, copy_of_template, scope_on

ROOT = Path(__file__).parents[2]
ORDER = ("search", "embedder", "tagger", "gateway")
#: Services come back by themselves, as under any supervisor.
LOOK_EVERY = 0.05


class Pipeline:
    """``environment`` goes to every service; ``only`` to one of them, by its name.

    ``names`` may hold a service several times: ``tagger``, ``tagger2``. ``trees``: whose code is
    of another release, and where that lies.
    """

    def __init__(
        self,
        folder: Path,
        *,
        broker_url: str,
        database_url: str,
        store: StoreSettings,
        environment: Mapping[str, str] | None = None,
        only: Mapping[str, Mapping[str, str]] | None = None,
        names: Sequence[str] = ORDER,
        trees: Mapping[str, Path] | None = None,
    ) -> None:
        self.folder, self.names = folder, tuple(names)
        folder.mkdir(parents=True, exist_ok=True)
        ports = Ports(folder / "ports.json")
        self.ports = {name: ports.take(name) for name in self.names}
        self.environment = {
            "IMGCAP_BROKER__URL": broker_url,
            "IMGCAP_INTERNAL_TOKEN": "the-token-of-tests-and-nobody-else",
            "IMGCAP_SEARCH_URL": self.url("search"),
            "IMGCAP_EMBEDDER_URL": self.url("embedder"),
            "IMGCAP_LOOK_URL": self.url("tagger"),
            "IMGCAP_MODELS": str(ROOT / "data" / "models"),
            "IMGCAP_WEB": str(ROOT / "web" / "dist"),
            **_store_environment(store),
            **(environment or {}),
        }
        self.only = {
            "search": {"IMGCAP_DATABASE__URL": database_url},
            **{name: dict(told) for name, told in (only or {}).items()},
        }
        self.only["search"].setdefault("IMGCAP_DATABASE__URL", database_url)
        self.trees = dict(trees or {})
        self.restarts = 0
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = Lock()
        self._stopping = Flag()
        self._keeper: Thread | None = None

    @property
    def gateway(self) -> str:
        return self.url("gateway")

    def url(self, name: str) -> str:
        return f"http://{LOOPBACK}:{self.ports.get(name, 1)}"

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def spawn(self, name: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a service without waiting for it; ``more`` goes into its environment."""
        service = name.rstrip("0123456789")
        told = {**self.environment, **self.only.get(service, {}), **self.only.get(name, {}), **more}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("IMGCAP_")}
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"services.{service}"],
                cwd=self.trees.get(name, ROOT),
                env={**kept, **told, "IMGCAP_PORT": str(self.ports[name])},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        with self._lock:
            self._processes[name] = process
        return process

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def wait_ready(self, *names: str, within: float = 60.0) -> None:
        deadline = monotonic() + within
        for name in names or self.names:
            while not self.is_ready(name):
                if monotonic() > deadline:
                    raise AssertionError(f"{name} is not ready:\n{self.log(name)[-3000:]}")
                sleep(0.05)

    def is_ready(self, name: str) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url(name)}/readyz", timeout=2).status_code == 200
        return False

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Signal a service; returns the pid that it had."""
        with self._lock:
            process = self._processes[name]
            if process.poll() is None:
                process.send_signal(number)
        return process.pid

    def wait_dead(self, name: str, within: float = 30.0) -> int:
        return self._processes[name].wait(within)

    def keep(self) -> None:
        """From now on whoever dies is started again."""
        self._keeper = Thread(target=self._keep, name="keeper", daemon=True)
        self._keeper.start()

    def _keep(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            for name, process in list(self._processes.items()):
                if process.poll() is not None and not self._stopping.is_set():
                    self.restarts += 1
                    self.spawn(name)

    def stop(self) -> None:
        self._stopping.set()
        if self._keeper:
            self._keeper.join()
        for name in reversed(list(self._processes)):
            self.kill(name, signal.SIGTERM)
        deadline = monotonic() + 20
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait()

    def __enter__(self) -> Self:
        try:
            for name in self.names:
                self.spawn(name)
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


@contextmanager
def gallery_of_its_own(
    broker_url: str, database_node: Database, store_node: Store, folder: Path
) -> Iterator[tuple[Pipeline, StoreSettings]]:
    """A product with the built-in eyes and nothing in it, and its bucket."""
    with (
        scope_on(broker_url) as scope,
        copy_of_template(database_node) as database,
        bucket_on(store_node) as store,
        Pipeline(
            folder,
            broker_url=broker_url,
            database_url=database,
            store=store,
            environment={"IMGCAP_BROKER__SCOPE": scope},
        ) as pipeline,
    ):
        yield pipeline, store


def _store_environment(store: StoreSettings) -> dict[str, str]:
    assert store.access_key
    assert store.secret_key
    return {
        "IMGCAP_STORE__ENDPOINT": store.endpoint,
        "IMGCAP_STORE__BUCKET": store.bucket,
        "IMGCAP_STORE__REGION": store.region,
        "IMGCAP_STORE__ACCESS_KEY": store.access_key.get_secret_value(),
        "IMGCAP_STORE__SECRET_KEY": store.secret_key.get_secret_value(),
    }
