"""`python -m tests.quality.search.unseen FOLDER`: search on real photos that nothing was made with.

FOLDER holds the photos of `heldout.tsv` and `unseen.tsv` (`sources.tsv` tells where each is from).
The local eyes look at them, the real search finds them. Nobody thought up the queries: they are all
words that at least three photos of a set have, and all pairs of two kinds ("serene sea") that at
least four have. "Perhaps" is neither right nor wrong, and in no recall.
"""

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import psycopg

from services.common.models import get_models
from services.tagger.providers.local import LocalTagger
from tests.neighbours import a_database, copy_of_template, make_template
from tests.quality.byhand import HELD_OUT, UNSEEN, table
from tests.quality.heldout import WORDS
from tests.quality.search.gallery import MODELS, Gallery, Local
from tests.quality.search.measures import HEAD, Figures, figures
from tests.quality.search.photos import Described
from tests.quality.search.pixels import looked_at

#: No query here is nonsense: the last column says nothing.
LAST = 9
#: The eyes never say these, by decision or for want of examples (docs/local-eyes.md).
NEVER = {"man", "woman", "child", "framing"}
KIND = {word: kind for kind, words in WORDS.items() for word in words if word not in NEVER}
ONE, TWO = 3, 4
Said = Mapping[str, float]
Truth = Mapping[str, Said]


def gallery_of(path: Path, folder: Path, tagger: LocalTagger) -> tuple[list[Described], Truth]:
    photos, truth = [], {}
    for number, (name, said) in enumerate(table(path)):
        bgr = cv2.imread(str(folder / name))
        assert bgr is not None, name
        photo = looked_at(tagger, name, np.asarray(bgr[..., ::-1], np.uint8), set(), number)
        photos.append(photo)
        truth[photo.name] = said
    return photos, truth


def queries(truth: Truth) -> Iterator[tuple[str, ...]]:
    def there(*words: str) -> int:
        return sum(all(said.get(word) == 1 for word in words) for said in truth.values())

    words = sorted(KIND)
    yield from ((word,) for word in words if there(word) >= ONE)
    for one, other in combinations(words, 2):
        if KIND[one] != KIND[other] and there(one, other) >= TWO:
            yield one, other


def grade(words: Sequence[str], said: Said) -> float:
    """1, 0.5 for perhaps, or 0."""
    return min(said.get(word, 0.0) for word in words)


def measure(
    gallery: Gallery, truth: Truth, asked: Sequence[Sequence[str]], *, all_: bool
) -> Figures:
    answers = []
    for words in asked:
        q = " ".join(words)
        shown = gallery.matches(q)[0] if all_ else gallery.found(q)
        grades = [grade(words, truth[photo.name]) for photo in shown]
        ideal = [int(grade(words, said) == 1) for said in truth.values()]
        answers.append(([int(one) for one in grades if one != 0.5], ideal))
    return figures(answers, [])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.search.unseen")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    get_models(MODELS)
    tagger, embedder = LocalTagger(MODELS), Local()
    with tempfile.TemporaryDirectory() as where, a_database(Path(where)) as node:
        make_template(node)
        for path in (HELD_OUT, UNSEEN):
            photos, truth = gallery_of(path, folder, tagger)
            asked = list(queries(truth))
            with copy_of_template(node) as url, psycopg.connect(url, autocommit=True) as db:
                gallery = Gallery(db, photos, embedder)
                for many, name in ((1, "words"), (2, "pairs")):
                    some = [words for words in asked if len(words) == many]
                    print(f"\n{path.name}: {len(some)} {name}, {len(photos)} photos")
                    print(HEAD[:-LAST])
                    for all_, row in ((False, "shown"), (True, "and all weaker matches")):
                        print(measure(gallery, truth, some, all_=all_).row(row)[:-LAST])


if __name__ == "__main__":
    main()
