"""A soak that could not see a leak would be of no use."""

import random

import pytest

from tests.soak.flat import HANDLES, MEMORY, MIB, Course, grows


def course(leak: float, noise: float, start: float, seconds: int = 600) -> Course:
    luck = random.Random(4)
    times = [float(at) for at in range(0, seconds, 5)]
    return Course("x", times, [start + leak * at + luck.uniform(-noise, noise) for at in times])


@pytest.mark.parametrize("leak", [0.05 * MIB, 0.5 * MIB])
def test_memory_that_leaks_slowly_is_seen(leak: float) -> None:
    assert grows(course(leak, 8 * MIB, 150 * MIB), MEMORY)


def test_memory_that_breathes_is_none() -> None:
    assert not grows(course(0, 30 * MIB, 150 * MIB), MEMORY)


def test_a_handle_lost_once_a_minute_is_seen() -> None:
    assert grows(course(1 / 60, 3, 60), HANDLES)


def test_a_peak_at_the_end_is_no_growth() -> None:
    flat = course(0, 1, 60)
    assert not grows(Course("x", flat.times, [*flat.values[:-6], *[160.0] * 6]), HANDLES)


def test_what_fills_in_the_beginning_is_left_out() -> None:
    times = [float(at) for at in range(600)]
    filling = Course("x", times, [min(at, 100) * MIB for at in times])
    assert grows(Course("x", times[:150], filling.values[:150]), MEMORY)
    assert not grows(filling.settled(after=200), MEMORY)
