"""A child has little memory, little time and no secret, and never outlives its gateway."""

import asyncio
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import structlog

from services.gateway.pixels import worker
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
        from pathlib import Path
        from services.gateway.pixels import PixelPool

        async def main():
            pool = PixelPool(2, Path())
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


TRIES = """
    import os, socket, subprocess, sys
    from pathlib import Path
    from services.gateway.pixels import cage
    from services.gateway.pixels.seal import seal

    photos, secret = Path(sys.argv[1]), Path(sys.argv[2])
    peak = cage.Peak()
    if sys.argv[3] == "sealed":
        assert seal(photos) == []
    tries = {
        "a photo": lambda: (photos / "photo").read_bytes(),
        "its own memory": lambda: peak.bytes or 1 / 0,
        "a secret": secret.read_bytes,
        "its gateway's environment": Path(f"/proc/{os.getppid()}/environ").read_bytes,
        "passwords": Path("/etc/passwd").read_bytes,
        "a file of its own": lambda: (photos / "mine").write_bytes(b"x"),
        "the network": lambda: socket.socket(),
        "a pair of sockets": socket.socketpair,
        "a program": lambda: subprocess.run(["/bin/true"], check=True),
        "itself anew": lambda: os.execv(sys.executable, [sys.executable, "-c", "pass"]),
        "its gateway's life": lambda: os.kill(os.getppid(), 0),
    }
    for what, attempt in tries.items():
        try:
            attempt()
            print(what, flush=True)
        except OSError:
            pass
"""


def reached(folder: Path, how: str) -> list[str]:
    """What a process that was taken over gets at."""
    photos = folder / "photos"
    photos.mkdir(exist_ok=True)
    (photos / "photo").write_bytes(b"photo")
    (folder / "secret").write_bytes(b"secret")
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(TRIES), photos, folder / "secret", how],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.splitlines()


def test_a_child_that_is_taken_over_gets_at_photos_and_nothing_else(tmp_path: Path) -> None:
    assert reached(tmp_path, "sealed") == ["a photo", "its own memory"]
    assert {"a secret", "the network", "a program"} <= set(reached(tmp_path, "open"))


def test_children_are_sealed_where_they_can_be(runner: asyncio.Runner, tmp_path: Path) -> None:
    async def check() -> None:
        async with opened(photos=tmp_path) as pool:
            (pid,) = pool.pids
            assert pool.unsealed == set()
            assert "Seccomp:\t2" in Path(f"/proc/{pid}/status").read_text()

    runner.run(check())


def test_a_machine_that_cannot_seal_says_so(
    runner: asyncio.Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where libseccomp is missing: the child works all the same."""
    blind = textwrap.dedent(
        """
        import runpy, sys
        from services.gateway.pixels import seal
        seal.forbid_calls = lambda: False
        runpy.run_module("services.gateway.pixels.child", run_name="__main__")
        """
    )
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", blind))
    photo = tmp_path / "photo"
    photo.write_bytes(saved(quadrants(), "JPEG"))

    async def check() -> None:
        async with opened(photos=tmp_path) as pool:
            assert pool.unsealed == {"network"}
            assert (await read(pool, photo)).verdict == "ok"

    with structlog.testing.capture_logs() as logs:
        runner.run(check())
    # Other threads of this process may have something to say meanwhile.
    assert [log["needs"] for log in logs if "needs" in log] == ["libseccomp2"]
