"""The usual figures of retrieval, for one query and for many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

TOP = 10


@dataclass(frozen=True)
class Figures:
    """``shown``: how much of what is shown is relevant. ``empty``: of the nonsense queries."""

    ndcg: float
    recall: float
    precision: float
    mrr: float
    shown: float
    empty: float

    def row(self, name: str) -> str:
        numbers = (self.ndcg, self.recall, self.precision, self.mrr, self.shown, self.empty)
        return f"{name:<30}" + "".join(f"{number:>9.3f}" for number in numbers)


HEAD = f"{'':<30}" + "".join(
    f"{name:>9}" for name in ("nDCG@10", "R@10", "P@10", "MRR", "shown", "empty")
)


def ndcg(grades: Sequence[int], ideal: Sequence[int]) -> float:
    best = _gain(sorted(ideal, reverse=True))
    return _gain(grades) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(
        ((1 << grade) - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:TOP])
    )


def figures(
    answers: Sequence[tuple[Sequence[int], Sequence[int]]], nonsense: Sequence[int]
) -> Figures:
    """``answers``: grades as shown, and the grades of all photos. ``nonsense``: how many shown.

    P@10 counts against ten, or against as many as there are relevant photos at all.
    """
    every = [(shown, [grade for grade in ideal if grade]) for shown, ideal in answers]
    return Figures(
        ndcg=mean(ndcg(shown, ideal) for shown, ideal in every),
        recall=mean(_hits(shown) / min(TOP, len(ideal)) for shown, ideal in every),
        precision=mean(_hits(shown) / min(TOP, max(1, len(shown))) for shown, _ in every),
        mrr=mean(_first(shown) for shown, _ in every),
        shown=mean(sum(map(bool, shown)) / len(shown) if shown else 0.0 for shown, _ in every),
        empty=mean(not count for count in nonsense) if nonsense else 0.0,
    )


def _hits(grades: Sequence[int]) -> int:
    return sum(grade > 0 for grade in grades[:TOP])


def _first(grades: Sequence[int]) -> float:
    return next((1 / place for place, grade in enumerate(grades, 1) if grade), 0.0)
