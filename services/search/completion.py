"""Completion: the gallery's words by their beginning, by a slip of the finger, by their meaning."""

from collections.abc import Iterable
from typing import Literal, cast

from services.common.api import TagCount, TagPage
from services.common.events import Kind
from services.search.database import Db
from services.search.language.known import Term, names, stem
from services.search.query import Asking
from services.search.sql import SQL
from services.search.tags import normal

By = Literal["prefix", "typo", "meaning"]
KINDS = ("label", "mood", "composition", "user")
#: Words that are counted for one answer; the commonest of more could be missed, by nobody's harm.
MOST = 3000
#: Of more words than this the commonest are as they were seconds ago.
MANY = 300
NEAR, NEAR_WORDS = 0.45, 12
SHORTEST_TYPO, SHORTEST_MEANING = 3, 3


def complete(
    db: Db, owner: str, asking: Asking, *, prefix: str, kind: str | None, limit: int
) -> TagPage:
    """Words that begin so, the commonest first; then those that may be meant."""
    asking.vocabulary.look(db)
    text = normal(prefix)
    key = (owner, text, kind, limit, asking.vocabulary.edition)
    if (page := asking.completed.get(key)) is not None:
        return page
    beginning = asking.vocabulary.beginning(text, most=MOST)
    ways: tuple[tuple[By, Iterable[Term]], ...] = (("prefix", beginning),)
    found = _counted(db, owner, ways, kind, limit)
    if len(found) < limit and text:
        ways = (("typo", _misspelled(asking, text)), ("meaning", _meant(db, asking, text)))
        known = {(one.kind, one.text) for one in found}
        more = _counted(db, owner, ways, kind, limit)
        found += [one for one in more if (one.kind, one.text) not in known]
    page = TagPage(tags=found[:limit])
    if len(beginning) > MANY:
        asking.completed.keep(key, page)
    return page


def _counted(
    db: Db, owner: str, ways: Iterable[tuple[By, Iterable[Term]]], kind: str | None, limit: int
) -> list[TagCount]:
    """Of each way the commonest, which the database knows; of meanings the nearest."""
    by: dict[int, By] = {}
    terms: dict[int, Term] = {}
    for way, some in ways:
        for term in some:
            number = term.number
            if number not in by and term.kind in KINDS and (kind is None or kind == term.kind):
                terms[number], by[number] = term, way
    if not terms:
        return []
    ids = "{" + ",".join(map(str, terms)) + "}"
    most = limit if len(set(by.values())) == 1 else len(terms)
    fields = {"owner": owner, "tag_ids": ids, "limit": most}
    places: list[By] = list(dict.fromkeys(by.values()))
    tags = [
        TagCount(kind=cast(Kind, terms[n].kind), text=terms[n].text, count=count, by=by[n])
        for n, count in db.execute(SQL["complete_tags"], fields).fetchall()
    ]
    meant = (term for number, term in terms.items() if by[number] == "meaning")
    nearest = {(term.kind, term.text): place for place, term in enumerate(meant)}
    return sorted(
        tags,
        key=lambda tag: (
            places.index(tag.by),
            nearest[tag.kind, tag.text] if tag.by == "meaning" else -tag.count,
            tag.text,
        ),
    )


def _misspelled(asking: Asking, text: str) -> list[Term]:
    if len(text) < SHORTEST_TYPO or stem(text) in names():
        return []
    words = asking.vocabulary.spelled_like(text)
    return [term for word in words for term in asking.vocabulary.terms.exactly(word)]


def _meant(db: Db, asking: Asking, text: str) -> list[Term]:
    """Other names by heart first, then what is near a text placed before: typing never waits."""
    if len(text) < SHORTEST_MEANING:
        return []
    vocabulary = asking.vocabulary
    by_heart, near = vocabulary.terms.meaning(text), dict[int, float]()
    if vocabulary.model:
        known = asking.meaning.recall(db, vocabulary.model["model_id"], [text])
        if text in known:
            near = vocabulary.near(known[text], floor=NEAR, most=NEAR_WORDS)
    ways = (sorted(some, key=lambda number: -some[number]) for some in (by_heart, near))
    order = dict.fromkeys(number for way in ways for number in way)
    return [vocabulary.terms.by_number[number] for number in order]
