"""A child has little memory, little time and no secret, and never outlives its gateway."""

import asyncio
import os
import sys
import textwrap
import time
from pathlib import Path

import pytest

from services.gateway.pixels.cage import ROOT
from tests.gateway.pixels.craft import png, quadrants, saved
from tests.gateway.pixels.reading import PATIENCE, gone, opened, read


def test_a_photo_that_eats_memory_is_refused(runner: asyncio.Runner, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(png(6000, 6000, colour=2))

    async def check() -> None:
        async with opened(memory_bytes=64 * 2**20) as pool:
            before = pool.pids
            outcome = await read(pool, large)
            assert outcome.verdict == "out-of-memory"
            assert pool.pids == before
            large.write_bytes(saved(quadrants(), "JPEG"))
            assert (await read(pool, large)).verdict == "ok"

    runner.run(check())


def test_a_photo_of_60_megapixels_with_alpha_fits(runner: asyncio.Runner, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(png(8944, 6708, colour=6))

    async def check() -> int:
        async with opened() as pool:
            outcome = await read(pool, large)
            assert outcome.verdict == "ok"
            (pid,) = pool.pids
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            assert pages * os.sysconf("SC_PAGESIZE") < 100e6, "the child keeps what it took"
            return outcome.peak_bytes

    assert runner.run(check()) < 600e6


def test_a_photo_that_eats_time_is_refused(runner: asyncio.Runner, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(png(8944, 6708, colour=6))

    async def check() -> str:
        async with opened(cpu_seconds=0.01) as pool:  # the kernel counts whole seconds
            for _ in range(8):
                verdict = (await read(pool, large)).verdict
                if verdict != "ok":
                    break
            return verdict

    assert runner.run(check()) == "timeout"


def test_a_child_knows_no_secret_and_is_caged(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "IMGCAP_STORE__SECRET_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "OPENAI_API_KEY",
        "PGPASSWORD",
    ):
        monkeypatch.setenv(name, "hunter2")

    async def check() -> None:
        async with opened() as pool:
            (pid,) = pool.pids
            process = Path(f"/proc/{pid}")
            assert b"hunter2" not in (process / "environ").read_bytes()
            limits = {
                line[:25].strip(): line[26:46].strip()
                for line in (process / "limits").read_text().splitlines()
            }
            assert limits["Max file size"] == "0"
            assert limits["Max core file size"] == "0"
            assert int(limits["Max open files"]) < 50
            assert int(limits["Max address space"]) < 2**30
            assert os.getsid(pid) == pid
            assert "NoNewPrivs:\t1" in (process / "status").read_text()

    runner.run(check())


def test_no_child_outlives_its_gateway(runner: asyncio.Runner) -> None:
    script = """
        import asyncio, os, signal
        from services.gateway.pixels import PixelPool

        async def main():
            pool = PixelPool(2)
            await pool.start()
            for pid in pool.pids:
                os.kill(pid, signal.SIGSTOP)
            print(*pool.pids, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
    """

    async def check() -> None:
        gateway = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", textwrap.dedent(script)),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        out, _ = await gateway.communicate()
        pids = [int(pid) for pid in out.split()]
        assert len(pids) == 2
        until = time.monotonic() + PATIENCE
        while not all(map(gone, pids)) and time.monotonic() < until:
            await asyncio.sleep(0.01)
        assert all(map(gone, pids))

    runner.run(check())
