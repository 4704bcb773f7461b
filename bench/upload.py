"""Uploads accepted per second at the gateway, beside a bare uvicorn that writes and hashes them.

The same bodies, the same number of clients, in turns; the workers are not there, for what they do
with a photo is ``bench flow``. A body of a camera's size with few pixels in it shows what all but
the pixels costs, and one of twelve megapixels is held against the pixel stage alone.
"""

import asyncio
import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from bench.budget import CORES, Budget, show_budget
from bench.report import memory, p50_p99, show
from bench.stack import Neighbours, neighbours, product
from services.embedded.ports import Ports
from services.gateway.pixels import PixelPool
from tests.system.pipeline import ROOT, Pipeline

CLIENTS = 4
SMALL, LARGE = 120, 40
#: Bytes behind a small photo, so that its body weighs as much as a camera's JPEG.
PADDING = 4_300_000


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """The bare endpoint: body to a file, SHA-256 on the way, 202."""
    if scope["type"] != "http":
        return
    digest = hashlib.sha256()
    path = Path(os.environ["IMGCAP_BENCH_FOLDER"]) / f"{time.monotonic_ns()}"
    with path.open("wb") as file:
        more = scope["method"] == "POST"
        while more:
            message = await receive()
            digest.update(message.get("body", b""))
            file.write(message.get("body", b""))
            more = message.get("more_body", False)
    path.unlink()
    body = digest.hexdigest().encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 202, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def small_photo(number: int) -> bytes:
    """48 pixels wide and 4.3 MB long: trailing bytes are the original's own affair."""
    return jpeg(number, 48, 48) + number.to_bytes(4, "big") * (PADDING // 4)


def large_photo(number: int) -> bytes:
    """Twelve megapixels of soft noise."""
    return jpeg(number, 4000, 3000)


def jpeg(number: int, width: int, height: int) -> bytes:
    noise = np.random.default_rng(number).integers(0, 255, (30, 40, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((width, height)).save(file, "JPEG", quality=85)
    return file.getvalue()


def rate(address: str, bodies: list[bytes]) -> tuple[float, list[float]]:
    """Uploads per second and the seconds of each."""
    clients = [httpx.Client(timeout=60) for _ in range(CLIENTS)]

    def send(number: int) -> float:
        began = time.perf_counter()
        answer = clients[number % CLIENTS].post(
            address, content=bodies[number], headers={"Content-Type": "image/jpeg"}
        )
        assert answer.status_code == 202, answer.text
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        took = list(pool.map(send, range(len(bodies))))
    return len(bodies) / (time.perf_counter() - began), took


@contextmanager
def bare_uvicorn(around: Neighbours) -> Iterator[tuple[str, int]]:
    """Its address and its pid."""
    port = Ports(around.folder / "bare.json").take("bare")
    command = [sys.executable, "-m", "uvicorn", "bench.upload:bare", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "error", "--no-access-log", "--lifespan", "off"],
        cwd=ROOT,
        env={**os.environ, "IMGCAP_BENCH_FOLDER": str(around.folder)},
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(200):
            try:
                httpx.get(address, timeout=1)
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def pixels_alone(bodies: list[bytes], folder: Path) -> float:
    """CPU milliseconds that a photo's pixels take of a child process, and nothing else."""
    pool = PixelPool(1, folder)

    async def read() -> float:
        await pool.start()
        try:
            spent = 0.0
            for number, body in enumerate(bodies):
                path = folder / f"pixels-{number}"
                path.write_bytes(body)
                spent += (await pool.read(path, "image/jpeg")).cost.cpu_seconds
            return spent * 1000 / len(bodies)
        finally:
            await pool.close()

    return asyncio.run(read())


def measure(
    bodies: list[bytes], around: Neighbours, pipeline: Pipeline
) -> tuple[dict[str, float], dict[str, float], list[float]]:
    """The uploads per second of both; what each upload costs at the gateway's side; its times."""
    with bare_uvicorn(around) as (address, pid):
        own = Budget({"bare": pid})
        plain, _ = rate(address, bodies)
        cost = own.spent(len(bodies))
    counting = Budget.of(pipeline, around)
    accepted, took = rate(f"{pipeline.gateway}/api/photos?filename=bench.jpg", bodies)
    return {"bare": plain, "gateway": accepted}, counting.spent(len(bodies)) | cost, took


def main() -> None:
    with neighbours() as around, product(around, {}, ("search", "gateway")) as pipeline:
        small = [small_photo(number) for number in range(SMALL)]
        without, cost, took = measure(small, around, pipeline)
        large = [large_photo(1_000_000 + number) for number in range(LARGE)]
        alone = pixels_alone(large[:10], around.folder)
        whole, whole_cost, whole_took = measure(large, around, pipeline)
        rest = memory(pipeline.pid("gateway"))
    of_pixels = whole["gateway"] * alone / (CORES * 1000)
    bare = cost.pop("bare")
    whole_cost.pop("bare")
    rows = [
        ("4.3 MB, 48 px", f"{without['bare']:.0f}/s bare uvicorn", f"{without['gateway']:.0f}",
         f"{without['gateway'] / without['bare']:.0%}", ">= 60 %", p50_p99(took)),
        ("  CPU of the server alone", f"{bare:.1f} ms bare uvicorn", f"{cost['gateway']:.1f} ms",
         f"{bare / cost['gateway']:.0%}", "", ""),
        ("12 megapixels", f"{CORES * 1000 / alone:.0f}/s pixels alone", f"{whole['gateway']:.0f}",
         f"{of_pixels:.0%}", ">= 85 %", p50_p99(whole_took)),
    ]  # fmt: skip
    columns = ("body", "beside", "gateway /s", "ratio", "target", "p50 / p99")
    show(f"Uploads accepted, raw body, {CLIENTS} clients, all on the same cores", columns, rows)
    both = {"4.3 MB, 48 px": cost, "12 megapixels": whole_cost, "pixels alone": {"gateway": alone}}
    show_budget("Where the cores go: uploads (bare uvicorn's client costs the same)", both)
    print(f"gateway after it: {rest} MiB (with its decoding children)")


if __name__ == "__main__":
    main()
