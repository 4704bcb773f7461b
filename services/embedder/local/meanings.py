"""Other words for the words of the gallery, so that "lonely" finds melancholic.

A sentence model knows how sentences are alike; of a bare word it knows less, and of a
photographer's term nothing. So a tag lies where its own vector and those of its other words meet.
"""

from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "meanings.tsv"


@cache
def meanings() -> dict[str, list[str]]:
    lines = (line.rstrip("\n").split("\t") for line in TABLE.open() if line[:1] != "#")
    return {word: others.split(", ") for word, others in lines}
