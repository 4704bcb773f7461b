"""What speaks for many photos at once, as arrays: the database's bytes, read without a loop."""

from collections.abc import Iterator, Mapping, Sequence
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
    rejected: frozenset[int]  # wanted tags that a person took away
    named: frozenset[int]  # wants whose words are in its name or caption
    met: frozenset[int]  # conditions that it meets
    likeness: float | None  # cosine of the query and the photo as a whole
    feeling: float | None  # how far it lies from the wanted place on the map of moods


@dataclass(frozen=True, slots=True)
class Evidences:
    """Photos by number. A tag of a photo is one place of ``row``, ``tag`` and ``sure``."""

    ids: bytes  # 16 of each photo
    at: Doubles  # seconds, only for their order
    first: Ints  # the place of each photo's first tag, and the end
    row: Ints
    tag: Ints
    sure: Doubles
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
        ids, at, lengths, seen, named, met, likeness, feeling = (column or b"" for column in sent)
        count = np.frombuffer(lengths, ">i4") // SEEN.itemsize
        row = np.repeat(np.arange(len(count)), count)
        tags = np.frombuffer(seen, SEEN)
        tag, percent = tags["tag"].astype(np.int64), tags["percent"]
        rejected: dict[int, frozenset[int]] = {}
        if (gone := percent == REJECTED).any():
            for place in np.flatnonzero(gone).tolist():
                at_row = int(row[place])
                rejected[at_row] = rejected.get(at_row, NONE) | {int(tag[place])}
            row, tag, percent = row[~gone], tag[~gone], percent[~gone]
        return cls(
            ids,
            np.frombuffer(at, ">i8").astype(np.float64) / 1e6,
            np.searchsorted(row, np.arange(len(count) + 1)),
            row,
            tag,
            percent / 100,
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

    def one(self, row: int, wanted: Mapping[int, float]) -> Evidence:
        some = slice(int(self.first[row]), int(self.first[row + 1]))
        pairs = zip(self.tag[some].tolist(), self.sure[some].tolist(), strict=True)
        likeness, feeling = float(self.likeness[row]), float(self.feeling[row])
        return Evidence(
            self.photo_id(row),
            {number: sure for number, sure in pairs if number in wanted},
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
        numbers, counts = np.unique(self.tag[chosen[self.row]], return_counts=True)
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
