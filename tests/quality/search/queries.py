"""Graded queries: what each must find, said in terms of what the photos truly show."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.quality.search.photos import Described

HERE = Path(__file__).parent
DESCRIBED, PIXELS = HERE / "queries.txt", HERE / "pixel_queries.txt"
FACT = re.compile(
    r" (?=!?(?:label|mood|technique|maybe|colour|painted|year|month|season|m|camera|iso|f):)"
)


@dataclass(frozen=True)
class Graded:
    kind: str
    q: str
    best: tuple[frozenset[str], ...]
    good: tuple[frozenset[str], ...]
    held_out: bool

    def grade(self, photo: Described) -> int:
        if any(_has(photo, group) for group in self.best):
            return 2
        return 1 if any(_has(photo, group) for group in self.good) else 0


def _has(photo: Described, group: frozenset[str]) -> bool:
    return all(
        (fact[1:] not in photo.truth) if fact[0] == "!" else fact in photo.truth for fact in group
    )


def all_queries(file: Path = DESCRIBED) -> list[Graded]:
    """Of each kind every second one is held out."""
    seen: dict[str, int] = {}
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line or line[0] == "#":
            continue
        kind, q, best, good = ([part.strip() for part in line.split("|")] + ["", ""])[:4]
        seen[kind] = seen.get(kind, 0) + 1
        found.append(Graded(kind, q, _groups(best), _groups(good), seen[kind] % 2 == 0))
    return found


def _groups(text: str) -> tuple[frozenset[str], ...]:
    groups = [part.strip() for part in text.split(";") if part.strip()]
    return tuple(frozenset(FACT.split(group)) for group in groups)
