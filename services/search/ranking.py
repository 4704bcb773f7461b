"""A photo's likeness to a query, as a sum of reasons: what ranks is what is told.

Every want of the query takes its best evidence (a tag, a word of the name); the wants share the
likeness by their weight, and the meaning of the photo as a whole has a share of its own. Nothing
is scaled afterwards, so the points of the reasons are the likeness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.search.language.plan import Condition, Either, Every, Never, Part, Want
from services.search.weights import WEIGHTS, Weights, ramp


@dataclass(frozen=True)
class Evidence:
    """What speaks for one photo."""

    photo_id: UUID
    at: datetime
    tags: Mapping[int, float]  # wanted tags and traits that it has, 0..1
    rejected: frozenset[int]  # wanted tags that a person took away
    named: frozenset[int]  # wants whose words are in its name or caption
    met: frozenset[int]  # conditions that it meets
    likeness: float | None  # cosine of the query and the photo as a whole

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Evidence":
        sure = [percent / 100 for percent in row["sure"] or ()]
        return cls(
            row["id"],
            row["at"],
            dict(zip(row["ids"] or (), sure, strict=True)),
            frozenset(row["rejected"] or ()),
            frozenset(row["named"]),
            frozenset(row["met"]),
            row["likeness"],
        )


@dataclass(frozen=True)
class Grounds:
    """One reason. ``number``: of the tag or trait; None for a word of the name or a condition."""

    want: Want | Condition | None
    number: int | None
    confidence: float
    likeness: float
    points: float

    def times(self, share: float) -> "Grounds":
        return Grounds(self.want, self.number, self.confidence, self.likeness, self.points * share)


@dataclass(frozen=True)
class Ranked:
    photo_id: UUID
    at: datetime
    likeness: float
    grounds: tuple[Grounds, ...]


class Ranking:
    """Weighs evidence for one query; ``wants`` and ``conditions`` are those of ``part``."""

    def __init__(
        self,
        part: Part,
        wants: Sequence[Want],
        conditions: Sequence[Condition],
        *,
        heard: bool,
        weights: Weights = WEIGHTS,
    ) -> None:
        self._part = part
        self._want = {id(want): number for number, want in enumerate(wants, 1)}
        self._condition = {id(one): number for number, one in enumerate(conditions, 1)}
        self._weights = weights
        self._ranks = ranks(part)
        self._whole = self._share_of_whole(wants) if heard and self._ranks else 0.0

    def rank(self, evidence: Evidence) -> Ranked:
        grounds = self._weigh(self._part, evidence) if self._ranks else self._all_met()
        grounds = [one.times(1 - self._whole) for one in grounds]
        if self._whole and evidence.likeness is not None:
            w = self._weights
            worth = ramp(evidence.likeness, w.whole_from, w.whole_full)
            grounds.append(Grounds(None, None, 1.0, max(0.0, evidence.likeness), worth))
            grounds[-1] = grounds[-1].times(self._whole)
        telling = tuple(sorted((g for g in grounds if g.points > 0), key=lambda g: -g.points))
        # Rounded once, and the sum of the rounded: whoever adds the points up gets the likeness.
        telling = tuple(
            Grounds(g.want, g.number, g.confidence, g.likeness, round(g.points, 6)) for g in telling
        )
        total = round(min(1.0, sum(g.points for g in telling)), 6)
        return Ranked(evidence.photo_id, evidence.at, total, telling)

    def _share_of_whole(self, wants: Sequence[Want]) -> float:
        w = self._weights
        if not wants:
            return 0.0
        unknown = sum(not want.known for want in wants) / len(wants)
        return w.whole_known + (w.whole_unknown - w.whole_known) * unknown

    def _all_met(self) -> list[Grounds]:
        """Nothing ranks: every photo that passed the filter is as good as the other."""
        conditions = list(conditions_of(self._part))
        share = 1 / max(1, len(conditions))
        if not conditions:
            return [Grounds(None, None, 1.0, 1.0, 1.0)]
        return [Grounds(one, None, 1.0, 1.0, share) for one in conditions]

    def _weigh(self, part: Part, evidence: Evidence) -> list[Grounds]:
        match part:
            case Want():
                best = self._best(part, evidence)
                return [best] if best else []
            case Condition():
                met = self._condition[id(part)] in evidence.met
                return [Grounds(part, None, 1.0, 1.0, 1.0)] if met else []
            case Every(children):
                ranking = [(child, self._weight(child)) for child in children if ranks(child)]
                whole = sum(weight for _, weight in ranking) or 1.0
                return [
                    grounds.times(weight / whole)
                    for child, weight in ranking
                    for grounds in self._weigh(child, evidence)
                ]
            case Either(children):
                ways = [self._weigh(child, evidence) for child in children]
                return max(ways, key=lambda way: sum(g.points for g in way), default=[])
            case Never():
                return []

    def _weight(self, part: Part) -> float:
        return self._weights.unknown if isinstance(part, Want) and not part.known else 1.0

    def _best(self, want: Want, evidence: Evidence) -> Grounds | None:
        """The best of a want's tags; what is less like it than a rejected one does not count."""
        w = self._weights
        rejected = max((want.likeness.get(n, 0.0) for n in evidence.rejected), default=0.0)
        best: Grounds | None = None
        for number, sure in evidence.tags.items():
            like = want.likeness.get(number, 0.0)
            if like <= 0 or like < rejected:
                continue
            worth = like * (w.tag_base + (1 - w.tag_base) * sure)
            if best is None or worth > best.points:
                best = Grounds(want, number, sure, like, worth)
        in_name = want.lexical and self._want[id(want)] in evidence.named
        if in_name and (best is None or best.points < w.lexical):
            return Grounds(want, None, 1.0, 1.0, w.lexical)
        return best


def ranks(part: Part) -> bool:
    """Whether photos have more or less of it."""
    match part:
        case Want():
            return True
        case Condition() | Never():
            return False
        case Every(children) | Either(children):
            return any(ranks(child) for child in children)


def conditions_of(part: Part) -> Sequence[Condition]:
    match part:
        case Condition():
            return [part]
        case Every(children) | Either(children):
            return [one for child in children for one in conditions_of(child)]
    return []


def alternatives(part: Part) -> list[Condition]:
    """Conditions that stand beside wants in an 'or': there they do not filter, they rank."""
    match part:
        case Either(children) if ranks(part):
            return [c for c in children if isinstance(c, Condition)] + [
                one for child in children for one in alternatives(child)
            ]
        case Every(children) | Either(children):
            return [one for child in children for one in alternatives(child)]
    return []
