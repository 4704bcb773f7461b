"""Photos like a photo, in meaning: how many of those shown are like it, and how many are missed.

Two photos are like each other if they show at least a quarter of all that they show together. The
cut was fitted to half of the scenes (``weights.ALIKE``); the other half is held out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.quality.search.gallery import Gallery
from tests.quality.search.photos import OF_EACH, Described

IN_COMMON = 0.25
HEAD = f"{'photos like a photo':<32} shown that is right   found   shown (median)   uncut: right"


@dataclass(frozen=True)
class Alikes:
    """Means over the photos that were asked for; ``uncut``: right of all that is like it at all."""

    right: float
    found: float
    shown: float
    uncut: float

    def row(self, name: str) -> str:
        return (
            f"{name:<32} {self.right:>19.3f} {self.found:>7.3f}"
            f" {self.shown:>16.0f} {self.uncut:>14.3f}"
        )


def halves(photos: Sequence[Described]) -> tuple[list[Described], list[Described]]:
    """Tuning and held-out: the photos of a scene are all in one of them."""
    scenes = len(photos) // OF_EACH
    tuning = set(np.random.default_rng(1).permutation(scenes)[: scenes // 2].tolist())
    chosen = [number % scenes in tuning for number in range(len(photos))]
    return (
        [photo for photo, one in zip(photos, chosen, strict=True) if one],
        [photo for photo, one in zip(photos, chosen, strict=True) if not one],
    )


def in_common(one: Described, other: Described) -> float:
    shown, others = ({t for t in p.truth if t.startswith("label:")} for p in (one, other))
    return len(shown & others) / len(shown | others)


def measure_alike(gallery: Gallery, asked: Sequence[Described]) -> Alikes:
    right, found, shown, uncut = [], [], [], []
    for photo in asked:
        like = {p.name for p in gallery.photos if p != photo and in_common(p, photo) >= IN_COMMON}
        cut, every = gallery.alike(photo), gallery.alike(photo, weaker=True)
        hits = sum(one.name in like for one in cut)
        right.append(hits / len(cut) if cut else 1.0)
        found.append(hits / len(like))
        shown.append(len(cut))
        uncut.append(sum(one.name in like for one in every) / len(every))
    return Alikes(
        float(np.mean(right)), float(np.mean(found)), float(np.median(shown)), float(np.mean(uncut))
    )
