"""The question that a container's health check asks."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from services.common.probes import Probes


@dataclass
class Patient:
    alive: bool = True
    ready: bool = True


@pytest.fixture
def patient() -> Patient:
    return Patient()


@pytest.fixture
def port(patient: Patient) -> Iterator[int]:
    with Probes("127.0.0.1", 0, patient) as probes:
        yield probes.port


def asked(probe: str, port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-S", "-m", "services.common.ask", probe, str(port)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def test_a_healthy_process_is_healthy(port: int) -> None:
    assert asked("readyz", port).returncode == 0


def test_a_process_that_is_not_ready_is_told_from_one_that_is_not_alive(
    port: int, patient: Patient
) -> None:
    patient.ready = False
    answer = asked("readyz", port)
    assert answer.returncode == 1
    assert "503" in answer.stderr
    assert asked("healthz", port).returncode == 0


def test_nobody_there_is_not_healthy(port: int) -> None:
    with Probes("127.0.0.1", 0, Patient()) as gone:
        nowhere = gone.port
    assert nowhere != port
    assert asked("healthz", nowhere).returncode == 1
