"""`python -m tests.quality.heldout FOLDER`: the eyes on photos that nothing was made with.

FOLDER holds the photos that `heldout.tsv` names, all from free packages; none is in the repository.
Whoever changes the eyes because of these figures has used the photos up: label others.
"""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2

from services.common.models import FOLDER
from services.tagger.local.thresholds import MOOD
from services.tagger.providers.local import LocalTagger
from tests.quality.byhand import HELD_OUT, HELD_OUT_AGAIN, MAIN, table
from tests.quality.counts import Counts, agreement, reliability
from tests.quality.synthetic import SHIPPED

#: The words that were looked for in every photo, by kind.
WORDS = {
    "label": MAIN,
    "composition": (*SHIPPED, "framing"),
    "mood": tuple(MOOD.likely),
}


def of_kind(said: Mapping[str, float], kind: str) -> dict[str, float]:
    return {word: sure for word, sure in said.items() if word in WORDS[kind]}


def passes() -> Iterator[str]:
    first = dict(table(HELD_OUT))
    again = dict(table(HELD_OUT_AGAIN))
    yield f"{len(first)} photos, {len(again)} labelled twice; the passes agree on"
    for kind in WORDS:
        counted = [
            agreement(of_kind(first[name], kind), of_kind(words, kind))
            for name, words in again.items()
        ]
        both, either = (sum(numbers) for numbers in zip(*counted, strict=True))
        yield f"  {kind:<12} {both} of {either} words ({both / either:.2f})"


def judged(tagger: LocalTagger, folder: Path) -> dict[str, Counts]:
    counts = {kind: Counts() for kind in WORDS}
    for name, true in table(HELD_OUT):
        seen = tagger.look((folder / name).read_bytes()).tags
        for kind, count in counts.items():
            said = {tag.text: tag.confidence for tag in seen if tag.kind == kind}
            count.add(of_kind(said, kind), of_kind(true, kind))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.heldout")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path, default=FOLDER)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    print("\n".join(passes()), flush=True)
    for kind, count in judged(LocalTagger(given.models), given.folder).items():
        print("\n".join((kind, *count.lines(WORDS[kind]), *reliability(count.stated))), flush=True)


if __name__ == "__main__":
    main()
