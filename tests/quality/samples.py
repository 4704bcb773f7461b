"""The sample photos against labels made by hand, in two passes that were not shown to each other.

A tag counts as right when either pass has it (both passes are one person's, and none is complete),
and counts for recall only where both have it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from services.tagger.providers.local import LocalTagger

HERE = Path(__file__).parent
KINDS = {"label": "labels", "composition": "techniques", "mood": "moods"}


@dataclass
class Agreement:
    """Counts per kind; ``names`` keeps them per word."""

    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def precision(self, what: str) -> float:
        return self.right[what] / self.said[what] if self.said[what] else 1.0

    def recall(self, what: str) -> float:
        return self.found[what] / self.there[what] if self.there[what] else 1.0


def hand_labels() -> dict[str, dict[str, dict[str, list[str]]]]:
    labels: dict[str, dict[str, dict[str, list[str]]]] = json.loads(
        (HERE / "samples.json").read_text()
    )
    return labels


def judge_samples(tagger: LocalTagger, folder: Path) -> Agreement:
    score = Agreement()
    for name, passes in hand_labels().items():
        seen = tagger.look((folder / name).read_bytes()).tags
        for kind, key in KINDS.items():
            first, second = set(passes["first"][key]), set(passes["second"][key])
            words = {tag.text for tag in seen if tag.kind == kind}
            for one in (kind, *(words if kind == "composition" else ())):
                counted = words if one == kind else {one}
                score.said[one] += len(counted)
                score.right[one] += len(counted & (first | second))
            score.there[kind] += len(first & second)
            score.found[kind] += len(first & second & words)
            score.wrong += [f"{name}: {word}" for word in sorted(words - first - second)]
    return score


def same_in_both_passes(key: str) -> float:
    """Jaccard: words in both passes over words in either."""
    both, either = 0, 0
    for passes in hand_labels().values():
        first, second = set(passes["first"][key]), set(passes["second"][key])
        both, either = both + len(first & second), either + len(first | second)
    return both / either


def lines_of(score: Agreement) -> Iterator[str]:
    yield f"Sample photos, {len(hand_labels())}, labelled by hand in two passes:"
    yield f"  {'kind':<16} {'precision':>9} {'recall':>7} {'said':>5} {'passes agree':>13}"
    for kind, key in KINDS.items():
        yield (
            f"  {kind:<16} {score.precision(kind):>9.3f} {score.recall(kind):>7.3f}"
            f" {score.said[kind]:>5} {same_in_both_passes(key):>13.2f}"
        )
    for technique in sorted(set(score.said) - set(KINDS)):
        said, right = score.said[technique], score.right[technique]
        yield f"    {technique:<16} {right} of {said} right"
    yield "  wrong: " + "; ".join(score.wrong)
