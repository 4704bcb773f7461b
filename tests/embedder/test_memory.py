"""Remembered vectors: asked for once, also when many ask at one time."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag

import numpy as np
import pytest
from numpy.typing import NDArray

from services.common.errors import TryAgain
from services.embedder.memory import Memory
from tests.embedder.stubs import Letters


class Slow(Letters):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_once, self.let = Flag(), Flag()

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        self.asked_once.set()
        assert self.let.wait(10)
        return super().embed(texts)


def test_a_text_is_asked_for_once() -> None:
    letters = Letters()
    memory = Memory(letters, 100)
    first = memory.vectors(["dog", "cat", "dog"])
    assert np.array_equal(first["dog"], memory.vectors(["dog"])["dog"])
    assert letters.asked == ["dog", "cat"]


def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    letters = Letters()
    memory = Memory(letters, 2)
    for text in ("dog", "cat", "dog", "sea", "dog", "cat"):
        memory.vectors([text])
    assert letters.asked == ["dog", "cat", "sea", "cat"]


def test_more_texts_than_it_can_remember_are_answered_all_the_same() -> None:
    texts = [str(number) for number in range(10)]
    assert set(Memory(Letters(), 3).vectors(texts)) == set(texts)


def test_equal_texts_asked_at_one_time_are_one_question() -> None:
    slow = Slow()
    memory = Memory(slow, 100)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(memory.vectors, ["dog", "sea"])
        assert slow.asked_once.wait(10)
        others = [pool.submit(memory.vectors, ["sea", "dog"]) for _ in range(3)]
        slow.let.set()
        rows = [future.result(10)["dog"] for future in (first, *others)]
    assert slow.asked == ["dog", "sea"]
    assert all(np.array_equal(rows[0], row) for row in rows)


def test_a_failed_question_fails_for_all_who_wait_and_is_asked_anew() -> None:
    slow = Slow()
    slow.fails = [TryAgain("429")]
    memory = Memory(slow, 100)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memory.vectors, ["dog"])
        assert slow.asked_once.wait(10)
        second = pool.submit(memory.vectors, ["dog"])
        time.sleep(0.1)
        slow.let.set()
        with pytest.raises(TryAgain):
            first.result(10)
        second.exception(10)  # it waited for the first, or came after it and asked anew
    assert memory.vectors(["dog"])
