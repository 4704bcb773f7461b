"""'Did you mean': the query with what finds nothing here said as this gallery has it."""

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import replace

from services.search.language.fields import KINDS
from services.search.language.syntax import Field, show
from services.search.understanding import Understood, may_slip
from services.search.vocabulary import Vocabulary

#: Which of these tags some photo of the gallery has.
There = Callable[[Iterable[int]], Set[int]]
#: What kinds of tags are asked for by.
FIELDS = {"label": "label", "mood": "mood", "composition": "technique", "user": "user"}
#: Traits that are no gallery's own.
COMMON = ("colour", "orientation")
#: Plain words behind a field: 'technique:leading lines' wants quotes.
BEHIND = re.compile(r"((?:\s+[^\s()\"“”:<>=]+){1,5})")
TRIED = 5  # spellings of one word


def suggestion(asked: Understood, vocabulary: Vocabulary, there: There) -> str | None:
    """None where nothing better is known. Words that only others have are no suggestion."""
    for field in asked.reading.doubtful:
        if (mended := _field(field, asked.q, vocabulary, there)) is not None:
            text, end = mended
            return asked.q[: field.span.start] + text + asked.q[end:]
    q, changed = asked.q, False
    for token in reversed(asked.reading.unknown):
        if not (may_slip(token.text) and any(token.text in w.split() for w in asked.weak)):
            continue
        if (word := _spelled(token.text, vocabulary, there)) is not None:
            start, end = token.span.start, token.span.end
            q = q[:start] + q[start:end].lower().replace(token.text, word) + q[end:]
            changed = True
    return q if changed else None


def _spelled(text: str, vocabulary: Vocabulary, there: There) -> str | None:
    for word in vocabulary.spelled_like(text, most=TRIED):
        terms = vocabulary.terms.exactly(word)
        if any(term.kind in COMMON for term in terms) or there(vocabulary.terms.meaning(word)):
            return word
    return None


def _field(field: Field, q: str, vocabulary: Vocabulary, there: There) -> tuple[str, int] | None:
    """What a field should say, and to where in the text it says so."""
    (value,), end, kinds = field.values, field.span.end, KINDS[field.name]

    def known(text: str, kinds: tuple[str, ...] | None) -> dict[int, float]:
        likeness = vocabulary.terms.meaning(text, kinds)
        has = there(likeness)
        return {number: like for number, like in likeness.items() if number in has}

    behind = BEHIND.match(q, end) if not field.comparison else None
    words = list(re.finditer(r"\S+", behind[1])) if behind else []
    for last in reversed(words):
        phrase = " ".join([value, *(word[0] for word in words if word.end() <= last.end())])
        if known(phrase, kinds):
            return show(replace(field, values=(phrase,))), end + last.end()
    if others := known(value, None):
        kind = vocabulary.terms.by_number[max(others, key=lambda n: others[n])].kind
        return (show(replace(field, name=FIELDS[kind])), end) if kind in FIELDS else None
    for word in vocabulary.spelled_like(value.lower(), most=TRIED):
        if known(word, kinds):
            return show(replace(field, values=(word,))), end
    return None
