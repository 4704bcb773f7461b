"""A photo's likeness to a query, as a sum of reasons: what ranks is what is told.

Every want of the query takes its best evidence (a tag, a word of the name); the wants share the
likeness by their weight, and the meaning of the photo as a whole has a share of its own. Nothing
is scaled afterwards, so the points of the reasons are the likeness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.search.language.plan import Condition, Either, Every, Never, Part, Want
from services.search.weights import WEIGHTS, Weights, ramp

NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one photo."""

    photo_id: UUID
    at: float  # seconds since 1970
    tags: Mapping[int, float]  # wanted tags and traits that it has, 0..1
    rejected: frozenset[int]  # wanted tags that a person took away
    named: frozenset[int]  # wants whose words are in its name or caption
    met: frozenset[int]  # conditions that it meets
    likeness: float | None  # cosine of the query and the photo as a whole

    @classmethod
    def of(cls, row: Sequence[Any], wanted: Mapping[int, float]) -> "Evidence":
        photo_id, at, tags, sure, rejected, named, met, likeness = row
        return cls(
            photo_id,
            at,
            {n: s / 100 for n, s in zip(tags, sure, strict=True) if n in wanted},
            frozenset(rejected) if rejected else NONE,
            frozenset(named) if named else NONE,
            frozenset(met) if met else NONE,
            likeness,
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
        self._known_shares: dict[int, tuple[list[tuple[Part, float]], float]] = {}
        self._whole = self._share_of_whole(wants) if heard and self._ranks else 0.0

    def likeness(self, evidence: Evidence) -> float:
        """The sum of the points, without the words for them: most candidates are never shown."""
        points = self._points(self._part, evidence) if self._ranks else [1.0]
        total = sum(round(one * (1 - self._whole), 6) for one in points)
        if self._whole and evidence.likeness is not None:
            total += round(self._worth_of_whole(evidence.likeness) * self._whole, 6)
        return round(min(1.0, total), 6)

    def grounds(self, evidence: Evidence) -> tuple[Grounds, ...]:
        """The reasons, the weightiest first. Their points are the likeness."""
        grounds = self._weigh(self._part, evidence) if self._ranks else self._all_met()
        grounds = [one.times(1 - self._whole) for one in grounds]
        if self._whole and evidence.likeness is not None:
            worth = self._worth_of_whole(evidence.likeness) * self._whole
            grounds.append(Grounds(None, None, 1.0, max(0.0, evidence.likeness), worth))
        # Rounded once, and the sum is that of the rounded: whoever adds them up gets the likeness.
        rounded = [replace(one, points=round(one.points, 6)) for one in grounds]
        return tuple(sorted((g for g in rounded if g.points > 0), key=lambda g: -g.points))

    def _worth_of_whole(self, cosine: float) -> float:
        return ramp(cosine, self._weights.whole_from, self._weights.whole_full)

    def _points(self, part: Part, evidence: Evidence) -> list[float]:
        """What ``_weigh`` says, in bare numbers."""
        match part:
            case Want():
                best = self._best_of(part, evidence)
                return [best[0]] if best else []
            case Condition():
                return [1.0] if self._condition[id(part)] in evidence.met else []
            case Every():
                ranking, whole = self._shares(part)
                return [
                    points * (weight / whole)
                    for child, weight in ranking
                    for points in self._points(child, evidence)
                ]
            case Either(children):
                return max((self._points(child, evidence) for child in children), key=sum)
            case Never():
                return []

    def _shares(self, part: Every) -> tuple[list[tuple[Part, float]], float]:
        if (known := self._known_shares.get(id(part))) is None:
            ranking = [(child, self._weight(child)) for child in part.children if ranks(child)]
            known = ranking, sum(weight for _, weight in ranking) or 1.0
            self._known_shares[id(part)] = known
        return known

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
            case Every():
                ranking, whole = self._shares(part)
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
        best = self._best_of(want, evidence)
        if best is None:
            return None
        worth, number = best
        if number is None:
            return Grounds(want, None, 1.0, 1.0, worth)
        return Grounds(want, number, evidence.tags[number], want.likeness[number], worth)

    def _best_of(self, want: Want, evidence: Evidence) -> tuple[float, int | None] | None:
        """The best of a want's tags; what is less like it than a rejected one does not count."""
        base, rejected = self._weights.tag_base, 0.0
        if evidence.rejected:
            rejected = max(want.likeness.get(number, 0.0) for number in evidence.rejected)
        worth, best = 0.0, None
        for number, sure in evidence.tags.items():
            like = want.likeness.get(number, 0.0)
            if like > 0 and like >= rejected:
                points = like * (base + (1 - base) * sure)
                if points > worth:
                    worth, best = points, number
        lexical = self._weights.lexical
        if worth < lexical and want.lexical and self._want[id(want)] in evidence.named:
            return lexical, None
        return None if best is None else (worth, best)


@dataclass(frozen=True)
class Ranked:
    """A photo in the order of matches; its reasons are put into words when it is shown."""

    evidence: Evidence
    likeness: float
    ranking: Ranking

    @property
    def photo_id(self) -> UUID:
        return self.evidence.photo_id

    @property
    def at(self) -> float:
        return self.evidence.at

    @property
    def grounds(self) -> tuple[Grounds, ...]:
        return self.ranking.grounds(self.evidence)


@dataclass(frozen=True)
class Explained(Ranked):
    """One whose reasons are known already."""

    said: tuple[Grounds, ...]

    @property
    def grounds(self) -> tuple[Grounds, ...]:
        return self.said


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
