"""What a query asks for, once its words are understood."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from services.search.language.syntax import Span


@dataclass(frozen=True)
class Meant:
    """One understood part of the text, as the page shows it."""

    span: Span
    text: str
    kind: str
    meaning: str
    query: str  # the same, said with a field, so that it reads the same everywhere
    confidence: float = 1.0
    negated: bool = False


@dataclass(frozen=True)
class Want:
    """Something that photos have more or less of: it ranks.

    ``likeness``: ids of tags and traits that are it, 0..1. ``near``: texts to be placed by the
    embedder, because no word of the gallery says this. ``feeling``: a place on the map of moods.
    """

    text: str
    likeness: Mapping[int, float] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    lexical: bool = True
    meant: Meant | None = None
    feeling: tuple[float, float] | None = None

    @property
    def known(self) -> bool:
        return not self.near

    @property
    def said(self) -> float:
        """How nearly the gallery has a word for it."""
        return 1.0 if self.feeling else max(self.likeness.values(), default=0.0)


#: Facts that hardly two photos share: they stand beside those that the index has.
RARE = re.compile(r"\$\.(?:name|say|p|c)\b")


@dataclass(frozen=True)
class Condition:
    """Something that a photo is or is not: a jsonpath over its facts. It filters.

    ``weaker``: what more photos are, and the index knows, where it does not know all of ``path``.
    ``narrows``: it chooses among the matches, and does not say where they end. ``worth``: what it
    is worth where it ranks. ``sought``: what the index looks for, where that is more than ``path``.
    """

    path: str
    meant: Meant | None = None
    weaker: str | None = None
    narrows: bool = False
    worth: float = 1.0
    sought: str | None = None

    @property
    def key(self) -> str:
        """What the index can say of it."""
        if self.sought:
            return self.sought
        return (self.weaker or EVERYTHING) if self.rare else self.path

    @property
    def rare(self) -> bool:
        return RARE.search(self.path) is not None


@dataclass(frozen=True)
class Filter:
    """What a photo must be: ``key`` is for the index of facts, ``rest`` all if that is more."""

    key: str | None
    rest: str | None

    @classmethod
    def of(cls, part: "Part") -> "Filter | None":
        """None when it lets everything through."""
        path, key = path_of(part), path_of(part, keys=True)
        return None if path is None else cls(key, None if key == path else path)


@dataclass(frozen=True)
class Never:
    child: "Part"


@dataclass(frozen=True)
class Every:
    children: tuple["Part", ...]


@dataclass(frozen=True)
class Either:
    children: tuple["Part", ...]


@dataclass(frozen=True)
class Only:
    """In an 'or': ``child`` counts for photos that meet ``gate``, all of it that does not rank."""

    child: "Part"
    gate: Condition


Part = Want | Condition | Never | Every | Either | Only

COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
#: A tag this like a word that must not be there excludes the photo.
SAME_ENOUGH = 0.8
EVERYTHING, NOTHING = "1 == 1", "1 == 0"


def has_tag(
    ids: list[int], least: float | None = None, comparison: str = ">=", *, name: str = "t"
) -> str:
    """Only equality uses the index, so it always comes first. ``name`` is that of a list of tags:
    t, those of a photo; maybe and likely, what is guessed of it."""
    if not ids:
        return NOTHING
    if least is None:
        return _any([f"$.{name}[*] == {number}" for number in ids])
    percent = round(least * 100)
    passing = [n for n in range(101) if COMPARE[comparison or ">="](n, percent)]
    if not passing:
        return NOTHING
    # ``c``: of each tag ten digits, its number and its percent. (A trait has a number below zero.)
    ends = groupby((f"{n:02x}" for n in passing), key=operator.itemgetter(0))
    either = "|".join(f"{tens}[{''.join(end[1] for end in of)}]" for tens, of in ends)
    certain = [f"^(?:.{{10}})*{n & 0xFFFFFFFF:08x}(?:{either})" for n in ids]
    each = zip(ids, certain, strict=True)
    return _any([f'($.t[*] == {n} && $.c like_regex "{regex}")' for n, regex in each])


def asks_nothing(part: Part) -> bool:
    match part:
        case Never(child):
            return asks_nothing(child)
        case Every(children) | Either(children):
            return all(map(asks_nothing, children))
    return False  # an Only has something that ranks


def widened(part: Part) -> Part:
    """The question without what only narrows its answer."""
    if not isinstance(part, Every):
        return Every(()) if _narrows(part) else part
    kept = tuple(child for child in part.children if not _narrows(child))
    return part if len(kept) == len(part.children) else Every(kept)


def _narrows(part: Part) -> bool:
    asked = part.child if isinstance(part, Never) else part
    return isinstance(asked, Condition) and asked.narrows


def path_of(
    part: Part, *, negated: bool = False, within: bool = False, keys: bool = False
) -> str | None:
    """The filter of a part; None lets everything through. ``keys``: what the index knows of it.

    ``within``: a negation, where a want that is not negated itself must be there: nothing ranks it.
    """
    match part:
        case Want():
            same = [number for number, like in part.likeness.items() if like >= SAME_ENOUGH]
            if not same or not within:
                return None
            if not negated:
                return has_tag(same)
            return f"!({has_tag(same)} || {has_tag(same, name='likely')})"
        case Condition() if keys and part.rare:
            return None if negated else part.weaker
        case Condition(path):
            return f"!({path})" if negated else path
        case Never(child):
            return path_of(child, negated=not negated, within=True, keys=keys)
        case Only(child):
            return path_of(child, negated=negated, within=within, keys=keys)
        case Every(children) | Either(children):
            paths = [
                path_of(child, negated=negated, within=within, keys=keys) for child in children
            ]
            # De Morgan: none of either is every none.
            if isinstance(part, Every) is not negated:
                return _all([path for path in paths if path])
            return _any([path for path in paths if path]) if all(paths) else None


def _any(paths: list[str]) -> str:
    return paths[0] if len(paths) == 1 else "(" + " || ".join(paths) + ")"


def _all(paths: list[str]) -> str | None:
    if len(paths) <= 1:
        return paths[0] if paths else None
    return "(" + " && ".join(paths) + ")"


def wants_of(part: Part, *, negated: bool = False) -> Iterator[tuple[Want, bool]]:
    """Every want, and whether it must not be there."""
    match part:
        case Want():
            yield part, negated
        case Never(child):
            yield from wants_of(child, negated=not negated)
        case Only(child):
            yield from wants_of(child, negated=negated)
        case Every(children) | Either(children):
            for child in children:
                yield from wants_of(child, negated=negated)


def with_wants(part: Part, placed: Mapping[int, Mapping[int, float]]) -> Part:
    """The same part, where wants (by ``id``) have learnt which words are near them."""
    match part:
        case Want() if id(part) in placed:
            return replace(part, likeness={**placed[id(part)], **part.likeness})
        case Never(child):
            return Never(with_wants(child, placed))
        case Every(children):
            return Every(tuple(with_wants(child, placed) for child in children))
        case Either(children):
            return Either(tuple(with_wants(child, placed) for child in children))
    return part


def ranks(part: Part) -> bool:
    """Whether photos have more or less of it."""
    match part:
        case Want():
            return True
        case Condition() | Never():
            return False
        case Every(children) | Either(children):
            return any(ranks(child) for child in children)
        case Only(child):
            return ranks(child)


def conditions_of(part: Part) -> Sequence[Condition]:
    """What a photo meets that passes. Of alternatives nobody knows which: they are one."""
    match part:
        case Condition():
            return [part]
        case Every(children):
            return [one for child in children for one in conditions_of(child)]
        case Either(children):
            ways = [conditions_of(child) for child in children]
            return [_either(ways)] if all(ways) else []
    return []


def _either(ways: Sequence[Sequence[Condition]]) -> Condition:
    """Named like all of them."""
    one = ways[0][0]
    told = [", ".join(one.meant.meaning for one in way if one.meant) for way in ways]
    return replace(one, meant=one.meant and replace(one.meant, meaning=" or ".join(told)))
