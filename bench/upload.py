"""Uploads accepted per second at the gateway, beside a bare uvicorn that writes and hashes them.

The same body, the same number of clients, in turns. The gateway decodes every photo, so a body of
few pixels shows what all the rest costs, and one of twelve megapixels what pixels cost.
"""

import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from bench.report import memory, p50_p99, show
from bench.stack import Neighbours, neighbours, product
from services.embedded.ports import Ports
from tests.system.pipeline import ROOT
from tests.system.provider import Provider

CLIENTS = 4
SMALL, LARGE = 240, 24
PADDING = 300_000  # bytes behind a small photo, so that its body weighs as much as a photo's


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
    """48 pixels wide and 300 kB long: trailing bytes are the original's own affair."""
    return jpeg(number, 48, 48) + np.random.default_rng(number).bytes(PADDING)


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


def with_bare(around: Neighbours, measure: Callable[[str], Any]) -> Any:
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
        return measure(address)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    small = [small_photo(number) for number in range(SMALL)]
    large = [large_photo(1_000_000 + number) for number in range(LARGE)]
    with neighbours() as around, Provider().serving() as provider:
        environment = {**provider.environment, "IMGCAP_EMBEDDER": "http"}
        with product(around, environment) as pipeline:
            gateway = f"{pipeline.gateway}/api/photos?filename=bench.jpg"
            rows = []
            for name, bodies in (("300 kB, 48 px", small), ("12 megapixels", large)):
                plain, _ = with_bare(around, partial(rate, bodies=bodies))
                own, took = rate(gateway, bodies)
                rows.append((name, f"{plain:.0f}", f"{own:.0f}", f"{own / plain:.0%}",
                             p50_p99(took)))  # fmt: skip
            rest = memory(pipeline.pid("gateway"))
    show(
        f"Uploads accepted, raw body, {CLIENTS} clients, everything else on the same two cores",
        ("body", "bare uvicorn /s", "gateway /s", "ratio", "gateway p50 / p99"),
        rows,
    )
    print(f"gateway after it: {rest} MiB (with its decoding children)")


if __name__ == "__main__":
    main()
