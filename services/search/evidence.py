"""What speaks for many photos at once, as arrays: the database's bytes, read without a loop."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]
NONE: frozenset[int] = frozenset()
#: A tag of a photo as the database keeps it: its number and its percent, or that a person took it
#: away.
SEEN = np.dtype([("tag", ">i4"), ("percent", "u1")])
REJECTED = 255


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one photo."""

    photo_id: UUID
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

    first: Ints  # the place of each photo's first tag, and the end
    row: Ints
    tag: Ints
    sure: Doubles

    @classmethod
    def of(cls, row: Ints, tag: Ints, percent: Ints, photos: int) -> "Tagged":
        return cls(np.searchsorted(row, np.arange(photos + 1)), row, tag, percent / 100)

    def likes(self, likeness: Mapping[int, float]) -> tuple[Ints, Doubles, Doubles]:
        """Where photos have tags that are like something: which photo, how like, how sure."""
        numbers = np.array(sorted(likeness))
        likes = np.array([likeness[number] for number in numbers.tolist()])
        place = np.minimum(np.searchsorted(numbers, self.tag), len(numbers) - 1)
        has = np.flatnonzero(numbers[place] == self.tag)
        return self.row[has], likes[place[has]], self.sure[has]

    def wanted(self, row: int, wanted: Container[int]) -> dict[int, float]:
        """Of one photo, those that are wanted."""
        some = slice(int(self.first[row]), int(self.first[row + 1]))
        pairs = zip(self.tag[some].tolist(), self.sure[some].tolist(), strict=True)
        return {number: sure for number, sure in pairs if number in wanted}


def _unpacked(lengths: bytes, sent: bytes) -> tuple[Ints, Ints, Ints]:
    """Rows, tags and percents of what ``packed`` wrote."""
    count = np.frombuffer(lengths, ">i4") // SEEN.itemsize
    tags = np.frombuffer(sent, SEEN)
    rows = np.repeat(np.arange(len(count)), count)
    return rows, tags["tag"].astype(np.int64), tags["percent"].astype(np.int64)


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
    def of(cls, sent: Sequence[Any]) -> "Evidences":
        """``sent``: the row of ``weigh_candidates``."""
        ids, at, lengths, seen, some, guesses, named, met, likeness, feeling = (
            column or b"" for column in sent
        )
        row, tag, percent = _unpacked(lengths, seen)
        photos = len(ids) // 16
        rejected: dict[int, frozenset[int]] = {}
        if (gone := percent == REJECTED).any():
            for place in np.flatnonzero(gone).tolist():
                at_row = int(row[place])
                rejected[at_row] = rejected.get(at_row, NONE) | {int(tag[place])}
            row, tag, percent = row[~gone], tag[~gone], percent[~gone]
        return cls(
            ids,
            np.frombuffer(at, ">i8").astype(np.float64) / 1e6,
            Tagged.of(row, tag, percent, photos),
            Tagged.of(*_unpacked(some, guesses), photos),
            np.frombuffer(named, ">i4").astype(np.int64),
            np.frombuffer(met, ">i4").astype(np.int64),
            np.frombuffer(likeness, ">f8").astype(np.float64),
            np.frombuffer(feeling, ">f8").astype(np.float64),
            rejected,
        )

    def photo_id(self, row: int) -> UUID:
        return UUID(bytes=self.ids[16 * row : 16 * row + 16])

    def photo_ids(self) -> Iterator[UUID]:
        return map(self.photo_id, range(len(self)))

    def one(self, row: int, wanted: Container[int]) -> Evidence:
        likeness, feeling = float(self.likeness[row]), float(self.feeling[row])
        return Evidence(
            self.photo_id(row),
            self.has.wanted(row, wanted),
            self.perhaps.wanted(row, wanted),
            self.rejected.get(row, NONE),
            _bits(int(self.named[row])),
            _bits(int(self.met[row])),
            None if np.isnan(likeness) else likeness,
            None if np.isnan(feeling) else feeling,
        )

    def counted(self, rows: Ints) -> tuple[Ints, Ints]:
        """The tags and traits of some photos and how many have them, the commonest first."""
        chosen = np.zeros(len(self), bool)
        chosen[rows] = True
        numbers, counts = np.unique(self.has.tag[chosen[self.has.row]], return_counts=True)
        order = np.lexsort((numbers, -counts))
        return numbers[order], counts[order]

    def in_order(self, *keys: NDArray[Any]) -> Ints:
        """Rows by these keys, the first one counting most; equals always in the same order."""
        halves = np.frombuffer(self.ids, ">u8").reshape(-1, 2)
        order: Ints = np.lexsort((halves[:, 1], halves[:, 0], *reversed(keys)))
        return order


def _bits(mask: int) -> frozenset[int]:
    if not mask:
        return NONE
    return frozenset(n + 1 for n in range(mask.bit_length()) if mask >> n & 1)
