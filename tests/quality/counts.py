"""Counts of what was said against what a person said: precision, recall, and whether a confidence
is what it says."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

#: Edges of the confidences that are counted together.
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
#: And of guesses.
DOUBTFUL = (0.1, 0.2, 0.3, 0.5, 0.7)


@dataclass
class Counts:
    """Per word. "Perhaps" (0.5) is right when it is said, and not missed when it is not."""

    said: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    #: Every confidence, and whether it was right.
    stated: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, said: Mapping[str, float], true: Mapping[str, float]) -> None:
        """Confidences of one photo against a person's words; ``said`` holds counted words only."""
        self.said.update(said.keys())
        self.right.update(said.keys() & true.keys())
        there = {word for word, sure in true.items() if sure == 1}
        self.there.update(there)
        self.found.update(there & said.keys())
        self.stated += [(sure, word in true) for word, sure in said.items()]

    def line(self, word: str, words: Iterable[str]) -> str:
        right, said, found, there = (
            sum(count[one] for one in words)
            for count in (self.right, self.said, self.found, self.there)
        )
        recall = f"{found / there:.2f}" if there else "—"
        precision = f"{right / said:.2f}" if said else "—"
        mine = f"{right:>4} / {said:<4} {precision:>5}"
        return f"  {word:<16} {mine}   {found:>4} / {there:<4} {recall:>5}"

    def lines(self, words: Iterable[str]) -> Iterator[str]:
        """Of the words that somebody said, and of all together."""
        yield f"  {'':<16} {'right / said':>17}   {'found / there':>17}"
        used = [word for word in words if self.said[word] or self.there[word]]
        yield from (self.line(word, [word]) for word in used)
        yield self.line("all", used)


def reliability(
    stated: Iterable[tuple[float, bool]], edges: Sequence[float] = EDGES
) -> Iterator[str]:
    """Per stated confidence: how many were said, what they said on average, how many were right."""
    given = list(stated)
    for low, high in pairwise(edges):
        here = [(sure, right) for sure, right in given if low <= sure < high]
        if here:
            mean = sum(sure for sure, _ in here) / len(here)
            right = sum(right for _, right in here)
            share = right / len(here)
            much = f"right {right} / {len(here)} ({share:.2f})"
            yield f"  {low:.1f} to {min(high, 1):.1f}  stated {mean:.2f}, {much}"


@dataclass
class GuessCounts:
    """Guesses on their own, and what is found by either a tag or a guess."""

    guesses: Counts = field(default_factory=Counts)
    either: Counts = field(default_factory=Counts)

    def add(
        self, said: Mapping[str, float], guessed: Mapping[str, float], true: Mapping[str, float]
    ) -> None:
        self.guesses.add(guessed, true)
        self.either.add({**guessed, **said}, true)

    def lines(self, words: Sequence[str]) -> Iterator[str]:
        yield from self.guesses.lines(words)
        yield from reliability(self.guesses.stated, DOUBTFUL)
        yield self.either.line("tag or guess", words)


def agreement(one: Mapping[str, float], other: Mapping[str, float]) -> tuple[int, int]:
    """Words that both passes are sure of, and words that either is sure of."""
    first, second = ({word for word, how in said.items() if how == 1} for said in (one, other))
    return len(first & second), len(first | second)
