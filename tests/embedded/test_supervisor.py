"""Order, restarts, and nothing left behind."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from services.embedded.errors import CannotStart
from services.embedded.journal import Journal
from services.embedded.processes import kill_group, wait_gone
from tests.embedded.fakes import (
    OBEDIENT,
    SHORT_LIVED,
    STUBBORN,
    Fake,
    chain,
    pids,
    story,
    supervise,
)

ROOT = Path(__file__).parents[2]


@contextmanager
def supervisor_process(folder: Path, kind: str = "obedient") -> Iterator[subprocess.Popen[str]]:
    """A supervisor of its own, which the test may kill; ready when this returns."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.embedded.fakes", str(folder), kind],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        deadline = monotonic() + 20
        while not (folder / "all.ready").exists():
            assert monotonic() < deadline
            assert process.poll() is None
            sleep(0.05)
        try:
            yield process
        finally:
            process.kill()


def test_a_part_starts_when_what_it_needs_is_ready_and_stops_in_the_opposite_order(
    tmp_path: Path,
) -> None:
    assert asyncio.run(supervise(chain(tmp_path), seconds=0))
    assert story(tmp_path) == [
        *("database starts", "database furnished", "search starts", "search furnished"),
        *("gateway starts", "gateway furnished", "gateway stops", "search stops", "database stops"),
    ]


def test_no_process_is_left_after_a_stop(tmp_path: Path) -> None:
    asyncio.run(supervise(chain(tmp_path), seconds=0))
    assert len(pids(tmp_path)) == 6
    assert wait_gone(pids(tmp_path), within=2) == []


def test_a_grandchild_that_goes_on_writing_leaves_no_pipe_open_here(tmp_path: Path) -> None:
    elsewhere = "setsid sleep 1000 & echo $! >> {folder}/pids"
    pipes = [number for number, _ in pipes_open()]
    asyncio.run(supervise([Fake("tagger", tmp_path, elsewhere + OBEDIENT)], seconds=0))
    left = [what for number, what in pipes_open() if number not in pipes]
    for pid in pids(tmp_path):
        kill_group(pid)
    assert left == []


def pipes_open() -> list[tuple[str, str]]:
    """Of this process: the number of each, and what it is."""
    found = [
        (one.name, os.readlink(one)) for one in Path("/proc/self/fd").iterdir() if one.exists()
    ]
    return [(number, what) for number, what in found if what.startswith("pipe:")]


def test_a_part_that_dies_is_started_again_ever_more_slowly(tmp_path: Path) -> None:
    said = io.StringIO()
    part = Fake("tagger", tmp_path, SHORT_LIVED)
    assert asyncio.run(supervise([part], seconds=4, journal=Journal(said)))
    assert story(tmp_path).count("tagger lives") == 3
    assert "ended (status 3); again in 1 s" in said.getvalue()
    assert "again in 2 s" in said.getvalue()


def test_a_part_that_never_becomes_ready_ends_it_all_with_its_last_words(tmp_path: Path) -> None:
    silent = Fake("tagger", tmp_path, "echo no model here; exit 1")
    with pytest.raises(CannotStart, match="tagger ended 3 times") as raised:
        asyncio.run(supervise([*chain(tmp_path), silent], seconds=0))
    assert "no model here" in str(raised.value)
    assert wait_gone(pids(tmp_path), within=2) == []


def test_a_stubborn_part_is_killed_after_its_grace(tmp_path: Path) -> None:
    said = io.StringIO()
    asyncio.run(supervise([Fake("tagger", tmp_path, STUBBORN, grace=0.5)], 0, Journal(said)))
    assert "did not stop in 0.5 s; killed" in said.getvalue()
    assert wait_gone(pids(tmp_path), within=2) == []


def test_the_log_names_the_part_and_keeps_back_what_nobody_needs(tmp_path: Path) -> None:
    said = io.StringIO()
    journal = Journal(said, tmp_path / "logs")
    script = "echo hello; echo secret; head -c 200000 /dev/zero | tr '\\0' x; exit 1"
    with closing(journal), pytest.raises(CannotStart):
        asyncio.run(supervise([Fake("tagger", tmp_path, script)], 0, journal))
    assert "tagger   | hello\n" in said.getvalue()
    assert "secret" not in said.getvalue()
    assert "secret" in (tmp_path / "logs" / "tagger.log").read_text()
    assert "\x1b" not in said.getvalue()


def test_one_signal_stops_in_order(tmp_path: Path) -> None:
    with supervisor_process(tmp_path) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
    assert story(tmp_path)[-3:] == ["gateway stops", "search stops", "database stops"]
    assert wait_gone(pids(tmp_path), within=1) == []


def test_a_hang_up_of_the_terminal_stops_in_order(tmp_path: Path) -> None:
    with supervisor_process(tmp_path) as process:
        assert process.stdout
        process.stdout.close()
        process.send_signal(signal.SIGHUP)
        process.wait(15)
    assert story(tmp_path)[-3:] == ["gateway stops", "search stops", "database stops"]
    assert wait_gone(pids(tmp_path), within=1) == []


@pytest.mark.alone
def test_a_second_signal_insists(tmp_path: Path) -> None:
    with supervisor_process(tmp_path, "stubborn") as process:
        began = monotonic()
        process.send_signal(signal.SIGINT)
        sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert monotonic() - began < 3
    assert wait_gone(pids(tmp_path), within=1) == []


def test_a_killed_supervisor_leaves_nothing(tmp_path: Path) -> None:
    with supervisor_process(tmp_path) as process:
        assert all(os.path.exists(f"/proc/{pid}") for pid in pids(tmp_path))
        process.kill()
        process.wait()
        assert wait_gone(pids(tmp_path), within=10) == []


def test_a_killed_supervisor_leaves_nothing_even_of_what_will_not_stop(tmp_path: Path) -> None:
    with supervisor_process(tmp_path, "stubborn") as process:
        process.kill()
        process.wait()
        assert wait_gone(pids(tmp_path), within=15) == []
