"""Words that mean the same, and words that mean nothing: known by heart, no model is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LINES = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").splitlines()


def section(name: str) -> list[str]:
    """The lines of one part of ``words.txt``."""
    start = LINES.index(f"[{name}]") + 1
    end = next((n for n in range(start, len(LINES)) if LINES[n][:1] == "["), len(LINES))
    return [line for line in LINES[start:end] if line and line[0] != "#"]


EMPTY = frozenset(" ".join(section("empty")).split())

ORIENTATIONS = {
    "vertical": "portrait", "upright": "portrait", "portrait orientation": "portrait",
    "portrait format": "portrait", "tall": "portrait", "horizontal": "landscape",
    "landscape orientation": "landscape", "landscape format": "landscape", "square": "square",
    "square format": "square", "panorama": "panorama", "panoramic": "panorama",
}  # fmt: skip

#: Other names of the named colours of the database.
COLOURS = {
    "gray": "grey", "silver": "grey", "crimson": "red", "scarlet": "red", "ruby": "red",
    "golden": "gold", "turquoise": "teal", "aqua": "cyan", "azure": "sky blue",
    "light blue": "sky blue", "dark blue": "navy", "navy blue": "navy", "indigo": "navy",
    "violet": "purple", "lilac": "purple", "lavender": "purple", "fuchsia": "magenta",
    "maroon": "brown", "tan": "beige", "cream": "beige", "khaki": "olive", "emerald": "green",
    "dark green": "green", "light green": "lime", "amber": "orange", "ochre": "gold",
    "mustard": "gold", "bronze": "brown", "reddish": "red", "bluish": "blue", "greenish": "green",
    "yellowish": "yellow", "pinkish": "pink", "burgundy": "red", "ivory": "white",
}  # fmt: skip
#: The named colours, as the table ``colour`` has them.
COLOUR_NAMES = frozenset(
    ["black", "grey", "white", "red", "orange", "yellow", "lime", "green", "teal", "cyan", "blue",
     "sky blue", "navy", "purple", "magenta", "pink", "brown", "beige", "gold", "olive"]
)  # fmt: skip
#: What a plain name of a colour takes in, beside what is called just so.
SHADES = {
    "blue": ("sky blue", "navy"), "green": ("lime",), "yellow": ("gold",),
    "purple": ("magenta",),
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A line of ``words.txt``: names of one thing, the plainest first; its kinds; what it is."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    broader: tuple[str, ...]


def groups(kind: str) -> Iterator[Group]:
    for line in section(kind):
        words = [word.strip() for word in line.split(",")]
        yield Group(
            tuple(word for word in words if word[0] not in "<>"),
            tuple(word[1:] for word in words if word[0] == ">"),
            tuple(word[1:] for word in words if word[0] == "<"),
        )
