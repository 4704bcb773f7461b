"""`make run` itself: everything comes up together, once, and goes without a trace."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

import pytest

from services.embedded.lock import running
from services.embedded.processes import descendants, wait_gone

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def start(home: Path) -> subprocess.Popen[str]:
    models = os.environ.get("IMGCAP_MODELS") or str(ROOT / "data" / "models")
    return subprocess.Popen(
        [sys.executable, "-m", "services"],
        cwd=ROOT,
        env={**os.environ, "IMGCAP_DATA": str(home), "IMGCAP_MODELS": models},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_ready(process: subprocess.Popen[str]) -> str:
    """All that it said up to the line with the address."""
    assert process.stdout
    said, deadline = "", monotonic() + PATIENCE
    for line in process.stdout:
        said += line
        if "| ready after" in line:
            return said
        assert monotonic() < deadline, said
    raise AssertionError(said)


@pytest.fixture(scope="module")
def run(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Everything, ready; killed in the end, whatever a test did to it."""
    with start(home) as process:
        try:
            yield process, wait_ready(process)
        finally:
            process.kill()


def test_the_printed_address_answers(run: tuple[subprocess.Popen[str], str], home: Path) -> None:
    address = run[1].split()[-1]
    assert running(home) == address
    with urlopen(f"{address}/readyz", timeout=5) as answer:
        assert answer.status == 200


def test_each_step_says_its_time(run: tuple[subprocess.Popen[str], str]) -> None:
    for name in ("broker", "database", "store", "search", "embedder", "tagger", "gateway"):
        assert f"| {name} ready after" in run[1]


def test_a_second_run_on_the_same_folder_is_refused_in_a_sentence(
    run: tuple[subprocess.Popen[str], str], home: Path
) -> None:
    with start(home) as second:
        said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"already runs on {home} at {run[1].split()[-1]}" in said


def test_a_killed_run_leaves_no_process(run: tuple[subprocess.Popen[str], str], home: Path) -> None:
    process = run[0]
    family = descendants(process.pid)
    assert len(family) > 7
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert wait_gone(family, within=30) == []
    assert running(home) is None


def test_after_a_kill_the_next_run_comes_up_and_stops_in_order(home: Path) -> None:
    with start(home) as process:
        wait_ready(process)
        family = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "killed" not in said
    sleep(0.2)
    assert wait_gone(family, within=1) == []
