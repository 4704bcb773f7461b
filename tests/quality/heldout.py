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
from tests.quality.counts import Counts, GuessCounts, agreement, reliability
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


def judged(
    tagger: LocalTagger, folder: Path
) -> tuple[dict[str, Counts], dict[str, GuessCounts], float]:
    """By kind, what is said and what is guessed; and how many guesses a photo has."""
    counts = {kind: Counts() for kind in WORDS}
    guessed = {kind: GuessCounts() for kind in ("label", "mood")}
    numbers = []
    for name, true in table(HELD_OUT):
        seen = tagger.look((folder / name).read_bytes())
        numbers.append(len(seen.guesses))
        for kind, count in counts.items():
            said = {tag.text: tag.confidence for tag in seen.tags if tag.kind == kind}
            count.add(of_kind(said, kind), of_kind(true, kind))
            if kind in guessed:
                maybe = {one.text: one.confidence for one in seen.guesses if one.kind == kind}
                guessed[kind].add(*(of_kind(one, kind) for one in (said, maybe, true)))
    return counts, guessed, sum(numbers) / len(numbers)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.heldout")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path, default=FOLDER)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    print("\n".join(passes()), flush=True)
    said, guessed, number = judged(LocalTagger(given.models), given.folder)
    for kind, count in said.items():
        print("\n".join((kind, *count.lines(WORDS[kind]), *reliability(count.stated))), flush=True)
    print(f"guesses, {number:.1f} of a photo")
    for kind, guesses in guessed.items():
        print("\n".join((f"{kind} guessed", *guesses.lines(WORDS[kind]))), flush=True)


if __name__ == "__main__":
    main()
