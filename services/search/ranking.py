"""A photo's likeness to a query, as a sum of reasons: what ranks is what is told.

Every want of the query takes its best evidence (a tag, a word of the name); the wants share the
likeness by their weight, and the meaning of the photo as a whole has a share of its own. Nothing
is scaled afterwards, so the points of the reasons are the likeness.

Candidates are weighed all at once, as arrays; reasons are put into words for those that are shown.
Both do the same sums in the same order and round to millionths, so that they agree to the last one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.search.evidence import Doubles, Evidence, Evidences, Ints
from services.search.language.plan import (
    EVERYTHING,
    Condition,
    Either,
    Every,
    Meant,
    Never,
    Only,
    Part,
    Want,
    conditions_of,
    ranks,
)
from services.search.language.syntax import NOWHERE
from services.search.weights import FAR, WEIGHTS, Weights, ramp, ramps

MILLION = 1_000_000
#: The reason of a photo where the query only says what must not be there.
NOT_LEFT_OUT = Condition(EVERYTHING, Meant(NOWHERE, "", "filter", "not what is left out", ""))


class Grounds(NamedTuple):
    """One reason. ``number``: of the tag or trait; None for a word of the name or a condition.

    ``way``: the photo is like another one, in this. ``guess``: nobody says that it has the tag.
    """

    want: Want | Condition | None
    number: int | None
    confidence: float
    likeness: float
    points: float
    way: str = ""
    guess: bool = False

    def times(self, share: float) -> "Grounds":
        return self.of(self.points * share)

    def of(self, points: float) -> "Grounds":
        return Grounds(
            self.want, self.number, self.confidence, self.likeness, points, self.way, self.guess
        )


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
        self._known_worths: dict[int, tuple[Evidences, Doubles]] = {}
        self._whole = self._share_of_whole(wants) if heard and self._ranks else 0.0

    def weigh(self, evidences: Evidences) -> Ints:
        """The likeness of each photo, in millionths."""
        some = len(evidences)
        leaves = self._leaves(self._part, evidences) if self._ranks else [np.ones(some)]
        total = np.zeros(some)
        for leaf in leaves:
            total += np.rint(leaf * (1 - self._whole) * MILLION)
        if self._whole:
            worth = ramps(evidences.likeness, self._weights.whole_from, self._weights.whole_full)
            total += np.rint(np.nan_to_num(worth) * self._whole * MILLION)
        return np.minimum(total, MILLION).astype(np.int64)

    def covers(self, evidences: Evidences) -> Doubles:
        """How much of what is asked for each photo has, 0..1, however surely it has that."""
        return self._covers(self._part, evidences)

    def _covers(self, part: Part, evidences: Evidences) -> Doubles:
        match part:
            case Want():
                return (self._worths(part, evidences) >= self._weights.covered).astype(np.float64)
            case Condition():
                return np.sign(self._leaves(part, evidences)[0])
            case Every() if ranks(part):
                ranking, whole = self._shares(part)
                total = np.zeros(len(evidences))
                for child, weight in ranking:
                    total += self._covers(child, evidences) * (weight / whole)
                return total
            case Either(children) if ranks(part):
                best = np.zeros(len(evidences))
                for child in children:
                    np.maximum(best, self._covers(child, evidences), out=best)
                return best
            case Only(child, gate):
                return self._covers(child, evidences) * self._met(gate, evidences)
        return np.ones(len(evidences))

    def grounds(self, evidence: Evidence) -> tuple[Grounds, ...]:
        """The reasons, the weightiest first. Their points are the likeness."""
        grounds = self._weigh(self._part, evidence) if self._ranks else self._all_met()
        # Rounded once, and the sum is that of the rounded: whoever adds them up gets the likeness.
        rest = 1 - self._whole
        rounded = [one.of(round(one.points * rest * MILLION) / MILLION) for one in grounds]
        if self._whole and evidence.likeness is not None:
            worth = self._worth_of_whole(evidence.likeness) * self._whole
            points = round(worth * MILLION) / MILLION
            rounded.append(Grounds(None, None, 1.0, max(0.0, evidence.likeness), points))
        return tuple(sorted((g for g in rounded if g.points > 0), key=lambda g: -g.points))

    def _worth_of_whole(self, cosine: float) -> float:
        return ramp(cosine, self._weights.whole_from, self._weights.whole_full)

    def _leaves(self, part: Part, evidences: Evidences) -> list[Doubles]:
        """The points that ``_weigh`` tells of, for all photos; nothing told is no points."""
        match part:
            case Want():
                return [self._worths(part, evidences)]
            case Condition():
                return [self._met(part, evidences) * part.worth]
            case Every():
                ranking, whole = self._shares(part)
                return [
                    leaf * (weight / whole)
                    for child, weight in ranking
                    for leaf in self._leaves(child, evidences)
                ]
            case Either(children):
                ways = [self._leaves(child, evidences) for child in children]
                sums = [sum(way, np.zeros(len(evidences))) for way in ways]
                best = np.argmax(sums, axis=0)
                return [leaf * (best == n) for n, way in enumerate(ways) for leaf in way]
            case Only(child, gate):
                met = self._met(gate, evidences)
                return [leaf * met for leaf in self._leaves(child, evidences)]
            case Never():
                return []

    def _met(self, condition: Condition, evidences: Evidences) -> Doubles:
        return (evidences.met >> self._condition[id(condition)] - 1 & 1).astype(np.float64)

    def _worths(self, want: Want, evidences: Evidences) -> Doubles:
        """What ``_best_of`` says, for all photos. Asked twice: what ranks is also what covers."""
        of, worths = self._known_worths.get(id(want), (None, None))
        if worths is None or of is not evidences:
            worths = self._worths_of(want, evidences)
            self._known_worths[id(want)] = evidences, worths
        return worths

    def _worths_of(self, want: Want, evidences: Evidences) -> Doubles:
        worths = np.zeros(len(evidences))
        if want.likeness:
            rejected = self._rejected(want, evidences)
            for tagged, worth in (
                (evidences.has, self._weights.told),
                (evidences.perhaps, self._weights.guessed),
            ):
                row, like, sure = tagged.likes(want.likeness)
                points = like * worth(sure)
                points[like < rejected[row]] = 0.0
                np.maximum.at(worths, row, points)
        if want.lexical:
            named = evidences.named >> self._want[id(want)] - 1 & 1
            worths = np.maximum(worths, named * self._weights.lexical)
        if want.feeling:
            near = 1 - np.nan_to_num(evidences.feeling, nan=FAR) / FAR
            worths = np.maximum(worths, near)
        return worths

    def _rejected(self, want: Want, evidences: Evidences) -> Doubles:
        """How like a want the likest of a photo's rejected tags is."""
        likeness = np.zeros(len(evidences))
        for row, numbers in evidences.rejected.items():
            likeness[row] = max(want.likeness.get(number, 0.0) for number in numbers)
        return likeness

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
        weights = [self._weight(want) for want in wants]
        unknown = sum(n for n, want in zip(weights, wants, strict=True) if not want.known)
        unknown /= sum(weights)
        return w.whole_known + (w.whole_unknown - w.whole_known) * unknown

    def _all_met(self) -> list[Grounds]:
        """Nothing ranks: every photo that passed the filter is as good as the other."""
        conditions = list(conditions_of(self._part))
        share = 1 / max(1, len(conditions))
        if not conditions:
            return [Grounds(NOT_LEFT_OUT, None, 1.0, 1.0, 1.0)]
        grounds = [Grounds(one, None, 1.0, 1.0, round(share, 6)) for one in conditions]
        rest = 1 - sum(one.points for one in grounds[1:])
        return [grounds[0].of(rest), *grounds[1:]]

    def _weigh(self, part: Part, evidence: Evidence) -> list[Grounds]:
        match part:
            case Want():
                best = self._best(part, evidence)
                return [best] if best else []
            case Condition():
                met = self._condition[id(part)] in evidence.met
                return [Grounds(part, None, 1.0, 1.0, part.worth)] if met else []
            case Only(child, gate):
                met = self._condition[id(gate)] in evidence.met
                return self._weigh(child, evidence) if met else []
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
        if not isinstance(part, Want):
            return 1.0
        if not part.known:
            least, most = self._weights.unknown
            return least + (most - least) * part.said
        kind = part.meant.kind if part.meant else ""
        return self._weights.manner if kind in ("mood", "composition", "colour") else 1.0

    def _best(self, want: Want, evidence: Evidence) -> Grounds | None:
        best = self._best_of(want, evidence)
        if best is None:
            return None
        worth, number = best
        if number is None:
            return Grounds(want, None, 1.0, worth if want.feeling else 1.0, worth)
        guess = number not in evidence.tags
        sure = (evidence.guesses if guess else evidence.tags)[number]
        return Grounds(want, number, sure, want.likeness[number], worth, guess=guess)

    def _best_of(self, want: Want, evidence: Evidence) -> tuple[float, int | None] | None:
        """The best of a want's tags; what is less like it than a rejected one does not count."""
        rejected = 0.0
        if evidence.rejected:
            rejected = max(want.likeness.get(number, 0.0) for number in evidence.rejected)
        worth, best = 0.0, None
        for tags, worth_of in (
            (evidence.tags, self._weights.told),
            (evidence.guesses, self._weights.guessed),
        ):
            for number, sure in tags.items():
                like = want.likeness.get(number, 0.0)
                if like > 0 and like >= rejected:
                    points = like * worth_of(sure)
                    if points > worth:
                        worth, best = points, number
        lexical = self._weights.lexical
        if worth < lexical and want.lexical and self._want[id(want)] in evidence.named:
            return lexical, None
        if want.feeling and evidence.feeling is not None and evidence.feeling < FAR:
            return 1 - evidence.feeling / FAR, None
        return None if best is None else (worth, best)


class Ranked(NamedTuple):
    """A photo that is shown, and its reasons, the weightiest first."""

    photo_id: str
    likeness: float
    grounds: tuple[Grounds, ...]
