"""Other words for the words of the gallery, so that "lonely" finds melancholic.

A sentence model knows how sentences are alike; of a bare word it knows less, and of a
photographer's term nothing. So a word of the gallery lies where its own vector and those of its
other words meet; and one of the other words, typed alone, lies beside the word that it means.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "meanings.tsv"


@cache
def meanings() -> Mapping[str, Sequence[str]]:
    """The other words of each word."""
    lines = (line.split("\t") for line in TABLE.read_text().splitlines() if line[:1] != "#")
    return {word: others.split(", ") for word, others in lines}


@cache
def meant_by() -> Mapping[str, str]:
    """The word that one of the other words means, where it is one word's alone."""
    owners: dict[str, list[str]] = {}
    for word, others in meanings().items():
        for other in others:
            owners.setdefault(other, []).append(word)
    return {
        other: words[0]
        for other, words in owners.items()
        if len(words) == 1 and other not in meanings()
    }
