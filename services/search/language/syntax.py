"""A query as a tree, and the tree as text again."""

import re
from dataclasses import dataclass, field
from typing import Literal

Comparison = Literal["", "=", ">", ">=", "<", "<="]
#: Words that join; as words to be found they need quotes.
JOINING = frozenset(
    ["or", "nor", "and", "not", "no", "neither", "without", "w/o", "except", "excluding", "|", "&"]
)
SAFE_VALUE = re.compile(r"[^\s()\"“”<>=,]+")
#: After a word that joins or denies these ask for nothing, unless they stand in parentheses.
ARTICLES = ("a", "an", "any", "some", "the")
SAFE_WORD = re.compile(r"(?![-!]\S)(?![<>=,])(?![A-Za-z][A-Za-z_-]*:(?!//))[^\s()\"“”]+")


class BadQuery(ValueError):
    """A query that cannot be read, with the place where reading stopped."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True)
class Span:
    """Where in the text something stands: from ``start`` to before ``end``."""

    start: int = 0
    end: int = 0


NOWHERE = Span()


@dataclass(frozen=True)
class Word:
    text: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Phrase:
    """Quoted: found as it stands."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Field:
    """``name:value``, ``name:a,b``, ``name:>5``, ``name:value>0.8``."""

    name: str
    values: tuple[str, ...]
    comparison: Comparison = ""
    bound: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Not:
    child: "Node"
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class All:
    children: tuple["Node", ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Any:
    children: tuple["Node", ...]
    span: Span = field(default=NOWHERE, compare=False)


Node = Word | Phrase | Field | Not | All | Any


def show(node: Node | None) -> str:
    """The text that reads as this tree."""
    match node:
        case None:
            return ""
        case Word(text):
            return f"({text})" if text.lower() in ARTICLES else text
        case Phrase(text):
            return f'"{text}"'
        case Field():
            return _show_field(node)
        case Not(child):
            return f"-{_grouped(child)}"
        case All(children):
            return " ".join(
                show(child) if isinstance(child, Any) else _grouped(child) for child in children
            )
        case Any(children):
            return " or ".join(_grouped(child) for child in children)


def _grouped(node: Node) -> str:
    return f"({show(node)})" if isinstance(node, All | Any) else show(node)


def _show_field(node: Field) -> str:
    values = ",".join(v if SAFE_VALUE.fullmatch(v) else f'"{v}"' for v in node.values)
    bound = node.bound if SAFE_VALUE.fullmatch(node.bound) else f'"{node.bound}"'
    return f"{node.name}:{values}{node.comparison}{bound if node.comparison else ''}"
