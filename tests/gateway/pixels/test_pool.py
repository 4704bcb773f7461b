"""A child that dies, hangs, raves or eats is one refusal, and the pool heals."""

import asyncio
import os
import signal
import sys
import textwrap
from pathlib import Path

import pytest
import uvloop

from services.gateway.pixels import PixelPool, PoolUnready, Refusal, worker
from tests.gateway.pixels.reading import PATIENCE, gone, opened, read


async def until_healed(pool: PixelPool, dead: set[int]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not pool.pids or pool.pids & dead:
            await asyncio.sleep(0.01)


async def signal_while_reading(pool: PixelPool, photo: Path, number: int) -> str:
    """The verdict on a photo whose child gets a signal in the middle."""
    (pid,) = pool.pids
    os.kill(pid, signal.SIGSTOP)
    reading = asyncio.create_task(read(pool, photo))
    await asyncio.sleep(0.05)
    os.kill(pid, number)
    verdict = (await reading).verdict
    await until_healed(pool, {pid})
    assert gone(pid)
    assert (await read(pool, photo)).verdict == "ok"
    return verdict


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGKILL, "out-of-memory"),
        (signal.SIGSTOP, "timeout"),
    ],
)
def test_a_child_that_ends_or_hangs_is_replaced(
    runner: asyncio.Runner, photo: Path, number: int, code: str
) -> None:
    async def check() -> str:
        async with opened(wall_seconds=0.5 if code == "timeout" else PATIENCE) as pool:
            return await signal_while_reading(pool, photo, number)

    assert runner.run(check()) == code


def test_a_child_that_ended_between_photos_costs_no_photo(
    runner: asyncio.Runner, photo: Path
) -> None:
    async def check() -> None:
        async with opened() as pool:
            (pid,) = pool.pids
            os.kill(pid, signal.SIGKILL)
            while not gone(pid):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            assert (await read(pool, photo)).verdict == "ok"

    runner.run(check())


def test_neighbours_notice_nothing(runner: asyncio.Runner, photo: Path) -> None:
    async def check() -> None:
        async with opened(2) as pool:
            victim = next(iter(pool.pids))
            reading = [asyncio.create_task(read(pool, photo)) for _ in range(60)]
            await asyncio.sleep(0.05)
            os.kill(victim, signal.SIGKILL)
            verdicts = [(await task).verdict for task in reading]
            assert verdicts.count("ok") >= 59
            await until_healed(pool, {victim})
            async with asyncio.timeout(PATIENCE):
                while len(pool.pids) < 2:
                    await asyncio.sleep(0.01)

    runner.run(check())


def test_an_upload_that_is_broken_off_frees_its_child(runner: asyncio.Runner, photo: Path) -> None:
    async def check() -> None:
        async with opened() as pool:
            (pid,) = pool.pids
            os.kill(pid, signal.SIGSTOP)
            for waiting in [asyncio.create_task(read(pool, photo)) for _ in range(3)]:
                await asyncio.sleep(0.02)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
            await until_healed(pool, {pid})
            assert gone(pid)
            assert (await read(pool, photo)).verdict == "ok"

    runner.run(check())


RAVINGS = {
    "noise": "out.write(b'hello, I am not a frame')",
    "giant": "out.write(b'\\xff' * 8)",
    "silence": "pass",
    "not-a-photo": "out.write(pack({'width': -1}))",
    "too-short": "out.write(pack({}, [b'x' * 99])[:-50])",
    "crash": "os.abort()",
}


@pytest.mark.parametrize("raving", RAVINGS)
def test_a_child_that_raves_is_one_refusal(
    runner: asyncio.Runner,
    photo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    raving: str,
) -> None:
    script = f"""
        import os, sys
        from services.gateway.pixels.frames import pack, read_header
        out = sys.stdout.buffer
        out.write(pack({{"ready": True}}))
        out.flush()
        read_header(sys.stdin.buffer.read)
        {RAVINGS[raving]}
    """
    child = tmp_path / "child.py"
    child.write_text(textwrap.dedent(script))
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, str(child)))

    async def check() -> str:
        async with opened() as pool:
            assert (await read(pool, photo)).verdict == "undecodable"
            monkeypatch.undo()
            await until_healed(pool, set())
            await read(pool, photo)
            return (await read(pool, photo)).verdict

    assert runner.run(check()) == "ok"


def test_a_pool_without_children_says_so(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", "pass"))

    async def check() -> None:
        with pytest.raises(PoolUnready):
            await PixelPool(2, tmp_path).start()

    runner.run(check())


def test_a_closed_pool_refuses_no_photo(runner: asyncio.Runner, photo: Path) -> None:
    async def check() -> None:
        async with opened() as pool:
            (pid,) = pool.pids
            os.kill(pid, signal.SIGSTOP)
            reading = [asyncio.create_task(read(pool, photo)) for _ in range(3)]
            await asyncio.sleep(0.05)
        for task in reading:
            with pytest.raises(PoolUnready):
                await task
        assert gone(pid)
        with pytest.raises(PoolUnready):
            await read(pool, photo)

    runner.run(check())


def test_a_child_is_replaced_after_its_share_of_photos(runner: asyncio.Runner, photo: Path) -> None:
    async def check() -> None:
        async with opened(photos_per_child=2) as pool:
            first = pool.pids
            for _ in range(2):
                assert (await read(pool, photo)).verdict == "ok"
            await until_healed(pool, first)
            assert (await read(pool, photo)).verdict == "ok"

    runner.run(check())


def test_a_file_that_is_not_what_its_sender_says_is_refused(
    runner: asyncio.Runner, photo: Path
) -> None:
    async def check() -> None:
        async with opened() as pool:
            for content_type in ("image/png", "image/x-eps", ""):
                with pytest.raises(Refusal) as refusal:
                    await pool.read(photo, content_type)
                assert refusal.value.code == "unsupported-type"
            with pytest.raises(Refusal) as refusal:
                await pool.read(photo.with_name("missing"), "image/jpeg")
            assert refusal.value.code == "undecodable"

    runner.run(check())


def test_the_pool_runs_on_uvloop(photo: Path) -> None:
    async def check() -> str:
        async with opened() as pool:
            return (await read(pool, photo)).verdict

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(check()) == "ok"
