"""Reads a query as a tree, or says at which character it cannot."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from services.search.language.syntax import (
    ARTICLES,
    All,
    Any,
    BadQuery,
    Comparison,
    Field,
    Node,
    Not,
    Phrase,
    Span,
    Word,
)

#: In 'without a dog or a cat' this asks for nothing, and what comes after it is meant.
ARTICLE = rf"(?:\s+(?:{'|'.join(ARTICLES)})(?=\s+(?!(?:or|nor|and)\b)[^\s()&|]))?"
#: Words that join stand alone; a word may hold anything but spaces, quotes and parentheses.
GRAMMAR = rf"""
start: both?
both: (AND | either)+
either: _item (_OR _item)*
_item: negation | _atom
negation: NOT (negation | _atom)
_atom: group | field | sure | phrase | word
group: "(" both ")"
field: FIELD values [CMP value]
     | FIELD CMP value           -> compared
values: value (_COMMA value)*
value: VALUE | PHRASE
sure: PHRASE THAN value
phrase: PHRASE
word: WORD

NOT.5: /[-!](?=[^\s)])|(?:not|neither|without|w\/o|no|except|excluding){ARTICLE}(?=[\s("“]|$)/i
_OR.5: /(?:or|nor|\|+){ARTICLE}(?=[\s("“]|$)/i
AND.5: /(?:and|&+){ARTICLE}(?=[\s("“)]|$)/i
FIELD.4: /[A-Za-z][A-Za-z_-]*:(?!\/\/)/
CMP.3: /[<>]=?|=/
THAN.3: /(?:[<>]=?|=)(?=\s*\.?\d)/
_COMMA.3: ","
PHRASE.3: /"[^"]*"|“[^”“]*”/
VALUE.2: /[^\s()"“”<>=,]+/
WORD: /[^\s()"“”]+/
%ignore /\s+/
"""
#: These deny all that they list: 'no people or cars'. ('not a or b' and '-a or b' are logic.)
DENY_ALL = frozenset(["no", "neither", "without", "w/o", "except", "excluding"])


@lru_cache(maxsize=1)
def _reader() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True)


@lru_cache(maxsize=1000)
def parse(text: str) -> Node | None:
    """None when nothing is asked. Raises ``BadQuery``."""
    try:
        tree = _reader().parse(text)
    except UnexpectedInput as error:
        raise _complaint(text, error) from error
    return _node(cast("Tree[Token]", tree.children[0])) if tree.children else None


def _complaint(text: str, error: UnexpectedInput) -> BadQuery:
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        if (opened := _opened(text)) is not None:
            return BadQuery("this parenthesis is not closed", opened)
        last = text.split()[-1]
        return BadQuery(f"nothing comes after '{last[-30:]}'", len(text.rstrip()))
    position = error.pos_in_stream if isinstance(error.pos_in_stream, int) else 0
    match text[position : position + 1]:
        case '"' | "“":
            return BadQuery("this quote is not closed", position)
        case "”":
            return BadQuery("this quote was not opened", position)
        case ")" if text[:position].count("(") > text[:position].count(")"):
            return BadQuery("something is missing before this parenthesis", position)
        case ")":
            return BadQuery("this parenthesis was not opened", position)
    return BadQuery("this was not expected here", position)


def _opened(text: str) -> int | None:
    """The last parenthesis that is never closed."""
    opened: list[int] = []
    quoted = False
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        if letter == "(" and not quoted:
            opened.append(place)
        elif letter == ")" and not quoted and opened:
            opened.pop()
    return opened[-1] if opened else None


def _node(tree: "Tree[Token]") -> Node | None:
    """None for joining words that join nothing, however they are wrapped."""
    span = Span(tree.meta.start_pos, tree.meta.end_pos)
    subtrees = [child for child in tree.children if isinstance(child, Tree)]
    match tree.data:
        case "either" if len(subtrees) > 1 and _denies_all(subtrees[0]) and _plain(subtrees[1:]):
            return _none_of([_denied(subtrees[0]), *subtrees[1:]], span)
        case "either":
            nodes = tuple(node for child in subtrees if (node := _node(child)))
            return Any(nodes, span) if len(nodes) > 1 else _only(nodes)
        case "both":
            nodes = tuple(_together(tree.children))
            return All(nodes, span) if len(nodes) > 1 else _only(nodes)
        case "group":
            return _node(subtrees[0])
        case "negation":
            denied = _node(_denied(tree))
            return Not(denied, span) if denied else None
        case "phrase":
            return Phrase(_bare(cast(Token, tree.children[0])), span)
        case "word":
            return Word(str(tree.children[0]), span)
        case "sure":
            phrase, comparison, value = tree.children
            name = _bare(cast(Token, phrase))
            return Field("tag", (name,), _compare(comparison), _value(value), span)
        case _:
            return _field(tree, span)


def _only(nodes: Sequence[Node]) -> Node | None:
    return nodes[0] if nodes else None


def _together(children: Sequence[object]) -> Iterator[Node]:
    """What stands side by side; 'without people and cars' denies both."""
    listed: list[Tree[Token]] = []  # what one word denies
    joined = False
    for child in children:
        if not isinstance(child, Tree):
            joined = True
            continue
        alone = child.children[0]
        if listed and joined and _plain(child.children):
            listed += cast("list[Tree[Token]]", child.children)
        else:
            if node := _none_of(listed):
                yield node
            listed = []
            if len(child.children) == 1 and isinstance(alone, Tree) and _denies_all(alone):
                listed = [_denied(alone)]
            elif node := _node(child):
                yield node
        joined = False
    if node := _none_of(listed):
        yield node


def _denies_all(tree: "Tree[Token]") -> bool:
    return tree.data == "negation" and str(tree.children[0]).lower().split()[0] in DENY_ALL


def _denied(tree: "Tree[Token]") -> "Tree[Token]":
    return cast("Tree[Token]", tree.children[-1])


def _plain(trees: Sequence[object]) -> bool:
    """Nothing of it is denied already."""
    return all(isinstance(tree, Tree) and tree.data != "negation" for tree in trees)


def _none_of(trees: Sequence["Tree[Token]"], span: Span | None = None) -> Node | None:
    nodes = tuple(node for tree in trees if (node := _node(tree)))
    if not nodes:
        return None
    whole = span or Span(nodes[0].span.start, nodes[-1].span.end)
    return Not(Any(nodes, whole) if len(nodes) > 1 else nodes[0], whole)


def _field(tree: "Tree[Token]", span: Span) -> Field:
    name = str(tree.children[0])[:-1].lower()
    if tree.data == "compared":
        _, comparison, value = tree.children
        return Field(name, (), _compare(comparison), _value(value), span)
    _, values, comparison, bound = tree.children
    found = tuple(_value(value) for value in cast("Tree[Token]", values).children)
    if comparison is None:
        return Field(name, found, span=span)
    return Field(name, found, _compare(comparison), _value(bound), span)


def _compare(token: object) -> Comparison:
    return cast(Comparison, str(token))


def _value(tree: object) -> str:
    return _bare(cast(Token, cast("Tree[Token]", tree).children[0]))


def _bare(token: Token) -> str:
    return str(token[1:-1]) if token.type == "PHRASE" else str(token)
