"""`python -m tests.quality.search.dimensions`: what shorter vectors would lose, on our own queries.

OpenAI's vectors cannot be had here, so the local model's stand in: cut like OpenAI's (the first
numbers of each), and, as this model was not trained to be cut, turned onto their main axes first.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from services.embedder.providers.local import LocalEmbedder
from services.tagger.local.labels import Vocabulary
from tests.quality.search.gallery import MODELS
from tests.quality.search.photos import all_photos
from tests.quality.search.queries import Graded, all_queries

SIZES = (25, 50, 100, 200, 256, 384)
KINDS = ("content", "mood", "technique")
NEAREST = 10

Rows = NDArray[np.float32]


def right_words(query: Graded) -> set[str]:
    facts = {fact for group in (*query.best, *query.good) for fact in group}
    return {fact.partition(":")[2] for fact in facts if fact[0] != "!"}


def unit(rows: Rows) -> Rows:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def turned(words: Rows, queries: Rows) -> tuple[Rows, Rows]:
    """Onto the main axes of the words, the longest first."""
    axes = np.linalg.svd(words - words.mean(axis=0), full_matrices=False)[2].T
    return words @ axes, queries @ axes


def nearest(words: Rows, queries: Rows, size: int) -> NDArray[np.intp]:
    likeness = unit(queries[:, :size]) @ unit(words[:, :size]).T
    return np.asarray(np.argsort(-likeness, axis=1)[:, :NEAREST])


def table() -> Iterator[str]:
    embedder = LocalEmbedder(MODELS)
    told = {tag.text for photo in all_photos() for tag in photo.tags}
    words = sorted({*Vocabulary.read().words, *told})
    asked = [one for one in all_queries() if one.kind in KINDS and right_words(one) & {*words}]
    rows, queries = embedder.embed(words), embedder.embed([one.q for one in asked])
    wanted = [{words.index(word) for word in right_words(one) & {*words}} for one in asked]
    exact = nearest(rows, queries, embedder.dimensions)
    yield f"{len(asked)} queries, {len(words)} words, {embedder.model}"
    yield f"{'numbers':>8} {'cut: found':>11} {'as whole':>9} {'turned: found':>14} {'as whole':>9}"
    views = ((rows, queries), turned(rows, queries))
    for size in SIZES:
        line = f"{size:>8}"
        for view in views:
            found = nearest(*view, size)
            right = np.mean([bool(w & {*f.tolist()}) for w, f in zip(wanted, found, strict=True)])
            pairs = zip(found, exact, strict=True)
            same = np.mean([len({*a.tolist()} & {*b.tolist()}) / NEAREST for a, b in pairs])
            line += f" {right:>11.3f} {same:>9.3f}  "
        yield line


if __name__ == "__main__":
    print("\n".join(table()))
