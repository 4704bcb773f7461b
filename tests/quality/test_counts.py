"""Counting what was said against what a person said."""

from tests.quality.byhand import HELD_OUT, HELD_OUT_AGAIN, PHOTOS, table
from tests.quality.counts import Counts, agreement, reliability
from tests.quality.heldout import WORDS


def test_perhaps_is_right_when_said_and_not_missed_when_not() -> None:
    counts = Counts()
    counts.add({"sky": 0.9, "dog": 0.4}, {"sky": 0.5, "sea": 1.0, "road": 0.5})
    counts.add({"sea": 0.8}, {"sea": 1.0})
    assert (counts.right.total(), counts.said.total()) == (2, 3)
    assert (counts.found.total(), counts.there.total()) == (1, 2)


def test_a_confidence_is_compared_with_the_share_that_was_right() -> None:
    (low, high) = reliability([(0.55, True), (0.57, False), (0.95, True)])
    assert "0.5 to 0.6  stated 0.56, right 1 / 2 (0.50)" in low
    assert "right 1 / 1 (1.00)" in high


def test_two_passes_agree_on_what_both_are_sure_of() -> None:
    assert agreement({"sky": 1.0, "sea": 0.5}, {"sky": 1.0, "sea": 1.0, "fog": 0.5}) == (1, 2)


def test_no_photo_that_was_learned_from_is_held_out() -> None:
    held_out = dict(table(HELD_OUT))
    assert not held_out.keys() & dict(table(PHOTOS)).keys()
    assert dict(table(HELD_OUT_AGAIN)).keys() <= held_out.keys()


def test_only_words_that_are_counted_were_noted() -> None:
    known = {word for words in WORDS.values() for word in words}
    for file in (PHOTOS, HELD_OUT, HELD_OUT_AGAIN):
        assert {word for _, words in table(file) for word in words} <= known
