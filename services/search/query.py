"""A plain ranked search: words -> near tags -> photos, and why.

Each term of the query (a phrase that is a tag as it stands, else a word) is placed by the
embedder; a photo's worth for a term is the best likeness x confidence of its tags, or a fixed
worth where its name or caption has the term; its likeness is the mean over the terms.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.common.api import Count, Hit, SearchAnswer, Why
from services.search.apply import vector_text
from services.search.database import Db
from services.search.gallery import BadCursor, photo_fields, read_cursor, write_cursor
from services.search.sql import SQL
from services.search.tags import normal

Vectors = Sequence[tuple[float, ...]]
Embed = Callable[[Sequence[str]], Vectors]

LONGEST_PHRASE = 4  # words of one tag
NEAR_TAGS = 20  # per term
TAG_FLOOR = 0.55  # cosine below which two words mean different things to MiniLM
PHOTO_FLOOR = 0.25  # likeness below which a photo is no match
SHARE_OF_BEST = 0.4  # and nor is one so far below the best
NAME_WORTH = 0.6  # a term in the file's name or the caption
FACET_WORDS = 20
#: Words that carry no picture.
EMPTY_WORDS = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with"]
)


def search_photos(
    db: Db, owner: str, q: str, embed: Embed, *, limit: int, cursor: str | None
) -> SearchAnswer:
    """Raises ``BadCursor``, and whatever ``embed`` raises."""
    after = _read_cursor(cursor)
    terms = split_terms(db, normal(q))
    if not terms:
        return SearchAnswer(query=q, photos=[], facets={}, total=0)
    near = _near_tags(db, terms, embed)
    matches = _matches(db, owner, terms, near)
    rest = [match for match in matches if after is None or _place(match) > after]
    page = rest[:limit]
    hits = _hits(db, page, {row["tag_id"]: row for row in near})
    last = _place(page[-1]) if len(rest) > limit else None
    return SearchAnswer(
        query=q,
        photos=hits,
        facets=_facets(db, [match["photo_id"] for match in matches]),
        cursor=write_cursor(-last[0], last[1]) if last else None,
        total=len(matches),
    )


def split_terms(db: Db, text: str) -> list[str]:
    """The longest phrases that are tags as they stand, and the words between them."""
    words = [word for word in text.split() if word.strip("\"'.,!?")][:32]
    spans = {
        " ".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, LONGEST_PHRASE + 1)
    }
    known = {text for (text,) in db.execute(SQL["known_words"], {"phrases": sorted(spans)})}
    terms, start = [], 0
    while start < len(words):
        lengths = range(min(LONGEST_PHRASE, len(words) - start), 0, -1)
        length = next((n for n in lengths if " ".join(words[start : start + n]) in known), 1)
        terms.append(" ".join(words[start : start + length]))
        start += length
    telling = [term for term in terms if term not in EMPTY_WORDS]
    return list(dict.fromkeys(telling or terms))


def _near_tags(db: Db, terms: list[str], embed: Embed) -> list[dict[str, Any]]:
    with db.cursor(row_factory=dict_row) as rows:
        model = rows.execute(SQL["active_model"]).fetchone()
        if model is None:
            return []
        fields = {
            "texts": terms,
            "vectors": [vector_text(vector) for vector in embed(terms)],
            "model_id": model["model_id"],
            "limit": NEAR_TAGS,
            "floor": TAG_FLOOR,
        }
        return rows.execute(SQL["near_tags"], fields).fetchall()


def _matches(
    db: Db, owner: str, terms: list[str], near: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    fields = {
        "owner": owner,
        "numbers": [row["number"] for row in near],
        "tag_ids": [row["tag_id"] for row in near],
        "likenesses": [row["likeness"] for row in near],
        "patterns": [f"%{_escaped(term)}%" for term in terms],
        "name_worth": NAME_WORTH,
        "terms": len(terms),
        "floor": PHOTO_FLOOR,
        "share_of_best": SHARE_OF_BEST,
    }
    with db.cursor(row_factory=dict_row) as rows:
        return rows.execute(SQL["match_photos"], fields).fetchall()


def _hits(db: Db, page: list[dict[str, Any]], words: dict[int, dict[str, Any]]) -> list[Hit]:
    ids = [match["photo_id"] for match in page]
    with db.cursor(row_factory=dict_row) as rows:
        found = rows.execute(SQL["photos_by_id"], {"photo_ids": ids}).fetchall()
    by_id = {row["id"]: row for row in found}
    return [
        Hit(
            **photo_fields(by_id[match["photo_id"]]),
            likeness=min(1.0, float(match["likeness"])),
            why=_why(match["parts"], words),
        )
        for match in page
        if match["photo_id"] in by_id
    ]


def _why(parts: list[dict[str, Any]], words: dict[int, dict[str, Any]]) -> list[Why]:
    """The parts that ranked the photo; the shares sum to 1."""
    whole = sum(part["worth"] for part in parts) or 1.0
    return [
        Why(
            tag=words[part["tag_id"]]["text"],
            kind=words[part["tag_id"]]["kind"],
            source=part["source"],
            confidence=part["confidence"],
            likeness=min(1.0, part["likeness"]),
            share=min(1.0, part["worth"] / whole),
        )
        for part in parts
    ]


def _facets(db: Db, photo_ids: list[UUID]) -> dict[str, list[Count]]:
    counted: dict[str, list[Count]] = {}
    rows = db.execute(SQL["facets"], {"photo_ids": photo_ids, "limit": FACET_WORDS})
    for kind, text, count in rows:
        counted.setdefault(kind, []).append(Count(text=text, count=count))
    return counted


def _place(match: dict[str, Any]) -> tuple[float, str]:
    return -float(match["likeness"]), str(match["photo_id"])


def _read_cursor(cursor: str | None) -> tuple[float, str] | None:
    if not cursor:
        return None
    likeness, photo_id = read_cursor(cursor, 2)
    try:
        return -float(likeness), str(UUID(photo_id))
    except (TypeError, ValueError, AttributeError) as error:
        raise BadCursor(cursor) from error


def _escaped(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
