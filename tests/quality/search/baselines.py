"""Three other ways to search the same photos, measured in the same run."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from services.common.description import describe
from services.search.vocabulary import unit
from tests.quality.search.gallery import Gallery
from tests.quality.search.photos import Described
from tests.quality.search.queries import Graded

Floats = NDArray[np.float32]
Way = Callable[[str], Sequence[Described]]
#: The seed kept so many numbers of a vector.
SEED_DIMENSIONS = 50


def seed(gallery: Gallery, tuning: Sequence[Graded]) -> Way:
    """Every photo with a tag nearer to the query than a flat distance, in no order of merit."""
    words = sorted({tag.text for photo in gallery.photos for tag in photo.tags})
    places = unit(gallery.vectors(words)[:, :SEED_DIMENSIONS])

    def find(q: str, distance: float) -> list[Described]:
        query = unit(gallery.vectors([q])[:, :SEED_DIMENSIONS])[0]
        near = {
            word
            for word, far in zip(words, np.linalg.norm(places - query, axis=1), strict=True)
            if far < distance
        }
        return [photo for photo in gallery.photos if near & {tag.text for tag in photo.tags}]

    best = _best([float(d) for d in np.arange(0.3, 1.2, 0.05)], find, tuning)
    return lambda q: find(q, best)


def photo_vector(gallery: Gallery, tuning: Sequence[Graded]) -> Way:
    """The photos nearest to the query, down to a flat likeness."""
    places = gallery.vectors([describe("", photo.tags) for photo in gallery.photos])

    def find(q: str, least: float) -> list[Described]:
        likeness = places @ gallery.vectors([q])[0]
        order = np.argsort(-likeness, kind="stable")
        return [gallery.photos[n] for n in order if likeness[n] >= least]

    best = _best([float(d) for d in np.arange(0.1, 0.7, 0.025)], find, tuning)
    return lambda q: find(q, best)


def lexical(gallery: Gallery) -> Way:
    """Photos by how many of the query's words their tags and names have."""
    texts = [
        set(re.findall(r"\w+", f"{photo.name} {' '.join(t.text for t in photo.tags)}".lower()))
        for photo in gallery.photos
    ]

    def find(q: str) -> list[Described]:
        words = set(re.findall(r"\w+", q.lower()))
        hits = [(-len(words & text), n) for n, text in enumerate(texts) if words & text]
        return [gallery.photos[n] for _, n in sorted(hits)]

    return find


def _best(
    cuts: Sequence[float], find: Callable[[str, float], list[Described]], tuning: Sequence[Graded]
) -> float:
    """The flat cut that serves a baseline best: F1 of what is shown, on the tuning half."""

    def worth(at: float) -> float:
        total = 0.0
        for query in tuning:
            shown = find(query.q, at)
            relevant = sum(query.grade(photo) > 0 for photo in shown)
            total += 2 * relevant / (len(shown) + relevant) if shown else query.kind == "nonsense"
        return total

    return max(cuts, key=worth)
