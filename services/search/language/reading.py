"""From the tree of a query to what it asks for: words become moods, dates, colours, cameras."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.search.language.apart import either_of_one
from services.search.language.fields import KINDS, Fields, holds
from services.search.language.known import Terms, names, stem
from services.search.language.lexicon import EMPTY
from services.search.language.phrases import Phrases, file_named, quoted
from services.search.language.plan import (
    EVERYTHING,
    Condition,
    Either,
    Every,
    Meant,
    Never,
    Part,
    Want,
    asks_nothing,
    has_tag,
)
from services.search.language.syntax import All, Any, Field, Node, Not, Phrase, Span, Word

LONGEST_PHRASE = 6  # words
#: Around a word, never a part of it.
PUNCTUATION = ".,!?;:'`*_~\u2026\u2018\u2019\ufe0f"
#: Between letters these part words; between numbers they belong to them, as in 1/250.
BETWEEN = re.compile(r"(?<=[^\W\d])[,;/+](?=[^\W\d])")

#: Between the ends of a range.
DASHES = frozenset("-\u2013\u2014")
#: One word that says that something is not there.
NOBODY = dict.fromkeys(
    ["nobody", "noone", "no-one", "deserted", "unpeopled", "peopleless", "uninhabited", "empty"],
    "people",
)
#: Filler that asks for every photo where nothing else is asked.
EVERY_PHOTO = frozenset(
    ["photo", "photos", "photograph", "photographs", "picture", "pictures", "pic", "pics", "image",
     "images", "shots", "everything", "anything", "all"]
)  # fmt: skip
OPPOSITE = re.compile(r"non-(\w{3,})|(\w{3,})-(?:free|less)")


@dataclass(frozen=True)
class Token:
    """A plain word, where it stands, and whether it must not be there."""

    text: str
    span: Span
    negated: bool = False


@dataclass(frozen=True)
class Reading:
    """What was understood of a query. ``text``: what is wanted of it, in its own words."""

    part: Part
    chips: tuple[Meant, ...]
    text: str
    unknown: tuple[Token, ...]
    doubtful: tuple[Field, ...] = ()  # of tags that nothing here is called


class Reader:
    """Reads with the words of one gallery."""

    def __init__(self, terms: Terms, today: date) -> None:
        self._terms, self._today = terms, today
        self._fields = Fields(terms, today)
        self._phrases = Phrases(terms, today)
        self._chips: list[Meant] = []
        self._words: list[str] = []
        self._unknown: list[Token] = []
        self._doubtful: list[Field] = []
        self._whole: Token | None = None

    def read(self, node: Node) -> Reading:
        """Raises ``BadQuery``. A reader reads once."""
        part = self._part(node, negated=False)
        if self._whole and asks_nothing(part):
            part = self._everything(self._whole)
        chips = sorted(dict.fromkeys(self._chips), key=lambda chip: chip.span.start)
        words = " ".join(self._words)
        return Reading(part, tuple(chips), words, tuple(self._unknown), tuple(self._doubtful))

    def _everything(self, token: Token) -> Part:
        """Who asks for 'all photos' and nothing else gets them."""
        meant = Meant(token.span, token.text, "filter", "every photo", token.text)
        self._chips.append(meant)
        return Condition(EVERYTHING, meant)

    def _part(self, node: Node, *, negated: bool) -> Part:
        match node:
            case All(children):
                return self._every(children, negated=negated)
            case Any(children):
                parts = _asking(self._part(child, negated=negated) for child in children)
                return Either(tuple(parts)) if len(parts) > 1 else Every(tuple(parts))
            case Not(Word()) | Word():
                return self._every([node], negated=negated)
            case Not(Not(child)):
                return self._part(child, negated=negated)
            case Not(child):
                part = self._part(child, negated=not negated)
                return part if asks_nothing(part) else Never(part)
            case Phrase():
                return self._phrase(node, negated=negated)
            case Field():
                return self._field(node, negated=negated)

    def _every(self, children: Sequence[Node], *, negated: bool) -> Part:
        """Plain words that stand together are read together: 'leading lines'."""
        parts: list[Part] = []
        run: list[Token] = []
        for child in self._whole_alternatives(children):
            match child:
                case Word(text, span):
                    run.append(Token(text, span))
                case Not(Word(text, span)):
                    run.append(Token(text, span, negated=True))
                case _:
                    parts += self._run(run, negated=negated)
                    run = []
                    parts.append(self._part(child, negated=negated))
        parts = _asking([*parts, *self._run(run, negated=negated)])
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _whole_alternatives(self, children: Sequence[Node]) -> list[Node]:
        """In 'golden retriever or tabby cat' the 'or' joins two phrases, not two words."""
        whole: list[Node] = []
        rest = list(children)
        while rest:
            node = rest.pop()
            either = node.child if isinstance(node, Not) else node
            if not isinstance(either, Any):
                whole.insert(0, node)
                continue
            first, *middle, last = either.children
            if after := self._reach([last], whole):
                last = All((last, *whole[:after]), node.span)
                del whole[:after]
            # What is denied begins with the word that denies it.
            if either is node and (before := self._reach([first], rest, back=True)):
                first = All((*rest[-before:], first), node.span)
                del rest[-before:]
            one: Node = Any((first, *middle, last), node.span)
            whole.insert(0, one if either is node else Not(one, node.span))
        return whole

    def _reach(self, one: Sequence[Node], beside: Sequence[Node], *, back: bool = False) -> int:
        """How many of the words beside an alternative belong to its phrase."""
        for length in range(min(LONGEST_PHRASE - 1, len(beside)), 0, -1):
            nodes = [*beside[-length:], *one] if back else [*one, *beside[:length]]
            words = [node for node in nodes if isinstance(node, Word)]
            phrase = " ".join(word.text.lower() for word in words)
            span = Span(words[0].span.start, words[-1].span.end) if words else None
            if span and len(words) == len(nodes) and self._phrases.read(phrase, span) is not None:
                return length
        return 0

    # --- plain words

    def _run(self, run: Sequence[Token], *, negated: bool) -> Iterator[Part]:
        return either_of_one(self._read(run, negated=negated), self._today)

    def _read(self, run: Sequence[Token], *, negated: bool) -> Iterator[Part]:
        tokens = list(_bare(run))
        start, unknown = 0, list[Token]()
        while start < len(tokens):
            taken, part = self._longest(tokens, start)
            if part is None:
                token = self._opposite(tokens[start])
                if token is not tokens[start]:
                    tokens[start] = token
                    continue
                if token.text in EVERY_PHOTO and not (token.negated or negated):
                    self._whole = token
                if token.text in EMPTY and token.negated and start + 1 < len(tokens):
                    tokens[start + 1] = replace(tokens[start + 1], negated=True)
                if unknown and (token.negated or unknown[0].negated):
                    yield from self._unknown_words(unknown, negated=negated)
                    unknown = []
                if token.text not in EMPTY and token.text not in DASHES:
                    unknown.append(token)
                start += 1
                continue
            yield from self._unknown_words(unknown, negated=negated)
            unknown = []
            yield self._noted(part, tokens[start : start + taken], negated=negated)
            start += taken
        yield from self._unknown_words(unknown, negated=negated)

    def _longest(self, tokens: list[Token], start: int) -> tuple[int, Part | None]:
        for length in range(min(LONGEST_PHRASE, len(tokens) - start), 0, -1):
            some = tokens[start : start + length]
            if any(token.negated for token in some[1:]) or some[-1].text in DASHES:
                continue
            # A dash is part of a range, and of nothing else.
            dashed = " ".join(token.text for token in some)
            text = " ".join(token.text for token in some if token.text not in DASHES)
            for way in dict.fromkeys([dashed, text]):
                if (part := self._phrases.read(way, _span(some))) is not None:
                    return length, part
        return 1, None

    def _opposite(self, token: Token) -> Token:
        """'nobody', 'non-portrait', 'car-free': what must not be there, said in one word."""
        match = OPPOSITE.fullmatch(token.text)
        what = NOBODY.get(token.text) or (match and (match[1] or match[2]))
        if not what or not (self._terms.meaning(what) or stem(what) in names()):
            return token
        return replace(token, text=what, negated=not token.negated)

    def _unknown_words(self, tokens: list[Token], *, negated: bool) -> Iterator[Part]:
        if not tokens:
            return
        text = " ".join(token.text for token in tokens)
        if not re.search(r"\w", text):
            return
        self._unknown += tokens
        near = tuple(dict.fromkeys([text, *(token.text for token in tokens)]))
        meant = Meant(_span(tokens), text, "words", text, f"text:{quoted(text)}", 0.5)
        yield self._noted(Want(text, {}, near[:8], meant=meant), tokens, negated=negated)

    def _noted(self, part: Part, tokens: Sequence[Token], *, negated: bool) -> Part:
        """Keeps the chip, and the words for the vector of the whole query."""
        out = tokens[0].negated
        for meant in _meant(part):
            self._chips.append(replace(meant, negated=out is not negated))
        if isinstance(part, Want) and out is negated:
            self._words += [token.text for token in tokens]
        return Never(part) if out else part

    # --- the rest

    def _phrase(self, node: Phrase, *, negated: bool) -> Part:
        """Quoted words are there as they stand: as a tag, in the name or in the caption."""
        text = " ".join(node.text.split())
        if not re.search(r"\w", text):
            return Every(())
        if (file := file_named(text, node.span)) is not None:
            return self._noted(file, [Token(text, node.span)], negated=negated)
        ids = {term.number: 1.0 for term in self._terms.exactly(text)}
        meant = Meant(node.span, f'"{text}"', "text", text, f'"{text}"', negated=negated)
        self._chips.append(meant)
        if not negated:
            self._words.append(text)
        paths = [holds("name", text), holds("say", text)]
        paths += [has_tag(list(ids))] if ids else []
        want = Want(text, ids, meant=meant)
        return Every((want, Condition("(" + " || ".join(paths) + ")", meant)))

    def _field(self, node: Field, *, negated: bool) -> Part:
        part = self._fields.read(node)
        asked = node.values[0] if node.name in KINDS and len(node.values) == 1 else None
        if asked is not None and not self._terms.meaning(asked, KINDS[node.name]):
            self._doubtful.append(node)
        self._chips += [replace(meant, negated=negated) for meant in _meant(part)]
        if isinstance(part, Every) and not negated and node.name not in ("color", "colour"):
            self._words += node.values
        return part


def _asking(parts: Iterable[Part]) -> list[Part]:
    """Without what asks for nothing, as quotes around nothing do."""
    return [part for part in parts if not asks_nothing(part)]


def _bare(run: Sequence[Token]) -> Iterator[Token]:
    """Lower case, without the punctuation of a sentence around it; 'dog,cat' is two words."""
    for token in run:
        start = token.span.start
        for typed in BETWEEN.split(token.text):
            word = typed.strip(PUNCTUATION)
            first = start + typed.find(word)
            if word and word not in ("&", "+", "/"):
                yield replace(token, text=word.lower(), span=Span(first, first + len(word)))
            start += len(typed) + 1


def _span(tokens: Sequence[Token]) -> Span:
    return Span(tokens[0].span.start, tokens[-1].span.end)


def _meant(part: Part) -> Iterator[Meant]:
    match part:
        case Want() | Condition():
            if part.meant:
                yield part.meant
        case Never(child):
            yield from _meant(child)
        case Every(children) | Either(children):
            for child in children:
                yield from _meant(child)
