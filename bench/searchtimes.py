"""How long calls take: by clients at once, with what they cost in processor time."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import local
from urllib.parse import urlsplit

import orjson
import psutil
from fastapi import FastAPI
from starlette.responses import Response

from bench.report import percentile
from services.embedded.ports import LOOPBACK, Ports, is_open

Call = Callable[[int], object]


class GaveUp(Exception):
    """No answer in time: so busy is the machine."""


@dataclass(frozen=True)
class Times:
    """``cpu``: of a call, in all processes that this one started. It bears a busy machine.

    Calls that were given up count with the time that they took.
    """

    p50: float  # milliseconds
    p99: float
    per_second: float
    cpu: float
    given_up: int

    def cells(self, base: "Times | None" = None, bare: "Times | None" = None) -> list[str]:
        against = [f"{self.p50 / one.p50:.1f}" if one else "" for one in (base, bare)]
        return [
            f"{self.p50:.2f}", f"{self.p99:.2f}", f"{self.per_second:.0f}", f"{self.cpu:.2f}",
            *against, str(self.given_up or ""),
        ]  # fmt: skip


def clock(call: Call, clients: int, seconds: float) -> Times:
    """Each client has a thread, and calls with numbers of its own.

    For as long again it calls before: connections plan and prepare what they are asked first.
    """
    _called(call, clients, seconds)
    used, began = spent(), time.perf_counter()
    every, given_up = _called(call, clients, seconds)
    return Times(
        1000 * percentile(every, 0.5),
        1000 * percentile(every, 0.99),
        len(every) / (time.perf_counter() - began),
        1000 * (spent() - used) / len(every),
        given_up,
    )


def _called(call: Call, clients: int, seconds: float) -> tuple[list[float], int]:
    """Seconds of each call, and how many were given up."""
    stop = time.perf_counter() + seconds
    given_up: list[int] = []

    def client(number: int) -> list[float]:
        times = []
        while (started := time.perf_counter()) < stop:
            try:
                call(number)
            except GaveUp:
                given_up.append(number)
            times.append(time.perf_counter() - started)
            number += clients
        return times

    with ThreadPoolExecutor(clients) as pool:
        every = [t for times in pool.map(client, range(clients)) for t in times]
    return every, len(given_up)


def spent() -> float:
    """Seconds of processor time of all that this process started and that still runs."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


class Browser:
    """GET over lines that are kept, one for each thread: what a client costs is not measured."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url).netloc
        self._own = local()

    def get(self, path: str) -> bytes:
        line: http.client.HTTPConnection | None = getattr(self._own, "line", None)
        if line is None:
            line = self._own.line = http.client.HTTPConnection(self._to, timeout=30)
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read()
        if answer.status == 503:
            raise GaveUp(path)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return body


@contextmanager
def serving(body: bytes) -> Iterator[str]:
    """A server in a process of its own that writes this one answer anew for each who asks: FastAPI,
    orjson and nothing behind them, the row of `performance.md` that a list is held against."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "body").write_bytes(body)
        port = Ports(Path(folder) / "ports.json").take("alone")
        argv = [
            sys.executable, "-m", "uvicorn", "--factory", "bench.searchtimes:alone",
            "--port", str(port), "--log-level", "warning", "--no-access-log",
        ]  # fmt: skip
        process = subprocess.Popen(argv, env={**os.environ, "BENCH_BODY": f"{folder}/body"})
        try:
            while not is_open(port):
                time.sleep(0.05)
            yield f"http://{LOOPBACK}:{port}"
        finally:
            process.terminate()
            process.wait()


def alone() -> FastAPI:
    answer = orjson.loads(Path(os.environ["BENCH_BODY"]).read_bytes())
    app = FastAPI(openapi_url=None)

    @app.get("/")
    async def photos() -> Response:
        return Response(orjson.dumps(answer), media_type="application/json")

    return app
