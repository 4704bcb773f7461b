"""Makes `classes.tsv` again: `python -m services.tagger.local.classes WORDNET`.

WORDNET is the `data.noun` of WordNet 3.0 (Debian's package `wordnet-base`). The result is read by
people before it is committed: it is what the gallery calls things.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
HYPERNYM = ("@", "@i")


def hypernyms(data_noun: Path) -> dict[str, list[str]]:
    """What each noun is a kind of."""
    above: dict[str, list[str]] = {}
    for line in data_noun.read_text(encoding="latin-1").splitlines():
        if line.startswith("  "):
            continue  # the licence
        fields = line.split(" | ")[0].split()
        after_words = 4 + 2 * int(fields[3], 16)
        pointers = fields[after_words + 1 :]
        groups = [pointers[i : i + 4] for i in range(0, 4 * int(fields[after_words]), 4)]
        above[fields[0]] = [noun for symbol, noun, *_ in groups if symbol in HYPERNYM]
    return above


def ancestors(noun: str, above: dict[str, list[str]]) -> Iterator[str]:
    """The noun and all that it is a kind of, nearest first."""
    level, seen = [noun], set[str]()
    while level:
        yield from level
        seen.update(level)
        level = list(dict.fromkeys(up for one in level for up in above[one] if up not in seen))


def read_parents() -> dict[str, list[str]]:
    lines = (line.partition("#")[0].strip() for line in (HERE / "parents.txt").open())
    pairs = (line.split(maxsplit=1) for line in lines if line)
    return {noun: words.split(", ") for noun, words in pairs}


def rows(data_noun: Path) -> Iterator[str]:
    above, parents = hypernyms(data_noun), read_parents()
    for line in (HERE / "names.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        number, noun, name = line.split("\t")
        word, _, extra = name.partition(" < ")
        inherited = [w for one in ancestors(noun[1:], above) for w in parents.get(one, ())]
        words = dict.fromkeys([*filter(None, extra.split(", ")), *inherited])
        words.pop(word, None)
        not_so = {w[1:] for w in words if w.startswith("-")}
        kept = [w for w in words if w not in not_so and not w.startswith("-")]
        doubt, word = ("?", word[2:]) if word.startswith("? ") else ("", word)
        yield f"{number}\t{noun}\t{doubt}\t{word}\t{', '.join(kept)}"


def main(data_noun: Path) -> None:
    table = [
        "# number\twordnet\tdoubt\tword\twhat else it is (made by __main__.py)",
        *rows(data_noun),
    ]
    (HERE / "classes.tsv").write_text("\n".join(table) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
