"""What speaks for many photos at once, as arrays: the database's bytes, read without a loop."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]
NONE: frozenset[int] = frozenset()
#: A tag of a photo as the database keeps it: its number and its percent, or that a person took it
#: away.
SEEN = np.dtype([("tag", ">i4"), ("percent", "u1")])
#: A photo as ``weigh_candidates`` sends it. ``seen`` and ``guesses``: bytes of its tags, which
#: follow elsewhere; ``named`` and ``met``: a bit for each want and condition.
PHOTO = np.dtype([
    ("id", "V16"), ("at", ">i8"), ("seen", ">i4"), ("guesses", ">i4"), ("named", ">i4"),
    ("met", ">i4"), ("likeness", ">f8"), ("feeling", ">f8"),
])  # fmt: skip
REJECTED = 255


class Evidence(NamedTuple):
    """What speaks for one photo."""

    photo_id: str
    tags: Mapping[int, float]  # wanted tags and traits that it has, 0..1
    guesses: Mapping[int, float]  # wanted tags that it perhaps has, and how likely, 0..1
    rejected: frozenset[int]  # wanted tags that a person took away
    named: frozenset[int]  # wants whose words are in its name or caption
    met: frozenset[int]  # conditions that it meets
    likeness: float | None  # cosine of the query and the photo as a whole
    feeling: float | None  # how far it lies from the wanted place on the map of moods


@dataclass(frozen=True, slots=True)
class Tagged:
    """Tags of photos by number: one tag of one photo is one place of ``row``, ``tag``, ``sure``."""

    row: Ints
    tag: Ints
    sure: Doubles

    def likes(self, likeness: Mapping[int, float]) -> tuple[Ints, Doubles, Doubles]:
        """Where photos have tags that are like something: which photo, how like, how sure."""
        numbers = np.array(sorted(likeness))
        likes = np.array([likeness[number] for number in numbers.tolist()])
        place = np.minimum(np.searchsorted(numbers, self.tag), len(numbers) - 1)
        has = np.flatnonzero(numbers[place] == self.tag)
        return self.row[has], likes[place[has]], self.sure[has]

    def wanted(
        self, rows: Ints, photos: int, wanted: Collection[int]
    ) -> dict[int, dict[int, float]]:
        """Of each of some photos, those that are wanted."""
        found: dict[int, dict[int, float]] = {row: {} for row in rows.tolist()}
        chosen = np.zeros(photos, bool)
        chosen[rows] = True
        places = np.flatnonzero(chosen[self.row])
        places = places[np.isin(self.tag[places], list(wanted))]
        columns = (self.row[places], self.tag[places], self.sure[places])
        for row, number, sure in zip(*(column.tolist() for column in columns), strict=True):
            found[row][number] = sure
        return found


def _unpacked(lengths: NDArray[Any], sent: bytes | None) -> tuple[Ints, Ints, NDArray[np.uint8]]:
    """Rows, tags and percents of what ``packed`` wrote."""
    tags = np.frombuffer(sent or b"", SEEN)
    rows = np.repeat(np.arange(len(lengths)), lengths // SEEN.itemsize)
    return rows, tags["tag"].astype(np.int64), tags["percent"]


@dataclass(frozen=True, slots=True)
class Evidences:
    """Photos by number."""

    ids: bytes  # 16 of each photo
    at: Doubles  # seconds, only for their order
    has: Tagged
    perhaps: Tagged
    named: Ints  # a bit for each want
    met: Ints  # a bit for each condition
    likeness: Doubles
    feeling: Doubles
    rejected: Mapping[int, frozenset[int]]

    def __len__(self) -> int:
        return len(self.at)

    @classmethod
    def of(cls, photos: bytes | None, seen: bytes | None, guesses: bytes | None) -> "Evidences":
        """As ``weigh_candidates`` sends them; None where there are none."""
        each = np.frombuffer(photos or b"", PHOTO)
        row, tag, percent = _unpacked(each["seen"], seen)
        rejected: dict[int, frozenset[int]] = {}
        if (gone := percent == REJECTED).any():
            for place in np.flatnonzero(gone).tolist():
                at_row = int(row[place])
                rejected[at_row] = rejected.get(at_row, NONE) | {int(tag[place])}
            row, tag, percent = row[~gone], tag[~gone], percent[~gone]
        rows, guessed, likely = _unpacked(each["guesses"], guesses)
        return cls(
            each["id"].tobytes(),
            each["at"].astype(np.float64) / 1e6,
            Tagged(row, tag, percent / 100),
            Tagged(rows, guessed, likely / 100),
            each["named"].astype(np.int64),
            each["met"].astype(np.int64),
            each["likeness"].astype(np.float64),
            each["feeling"].astype(np.float64),
            rejected,
        )

    def photo_id(self, row: int) -> UUID:
        return UUID(bytes=self.ids[16 * row : 16 * row + 16])

    def photo_ids(self) -> Iterator[UUID]:
        return map(self.photo_id, range(len(self)))

    def some(self, rows: Ints, wanted: Collection[int]) -> Iterator[Evidence]:
        """A page of them, in this order."""
        tags = self.has.wanted(rows, len(self), wanted)
        guesses = self.perhaps.wanted(rows, len(self), wanted)
        columns = (self.named[rows], self.met[rows], self.likeness[rows], self.feeling[rows])
        for row, named, met, likeness, feeling in zip(
            tags, *(column.tolist() for column in columns), strict=True
        ):
            yield Evidence(
                _id(self.ids[16 * row : 16 * row + 16].hex()),
                tags[row],
                guesses[row],
                self.rejected.get(row, NONE),
                _bits(named),
                _bits(met),
                None if isnan(likeness) else likeness,
                None if isnan(feeling) else feeling,
            )

    def counted(self, rows: Ints) -> tuple[Ints, Ints]:
        """The tags and traits of some photos and how many have them, the commonest first."""
        chosen = np.zeros(len(self), bool)
        chosen[rows] = True
        seen = self.has.tag[chosen[self.has.row]]
        if not len(seen):
            return seen, seen
        first = int(seen.min())
        counts = np.bincount(seen - first)
        there = np.flatnonzero(counts > 0)
        order = np.argsort(-counts[there], kind="stable")
        return there[order] + first, counts[there[order]]

    def in_order(self, *keys: NDArray[Any]) -> Ints:
        """Rows by these keys, the first one counting most; equals always in the same order."""
        halves = np.frombuffer(self.ids, ">u8").reshape(-1, 2)
        order: Ints = np.lexsort((halves[:, 1], halves[:, 0], *reversed(keys)))
        return order


def _id(digits: str) -> str:
    """As the API says it; a ``UUID`` takes three times as long."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _bits(mask: int) -> frozenset[int]:
    if not mask:
        return NONE
    return frozenset(n + 1 for n in range(mask.bit_length()) if mask >> n & 1)
