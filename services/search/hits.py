"""A page of hits in the API's words: rows of the database and reasons, as plain values for JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from psycopg.rows import dict_row

from services.common.api import Chip
from services.search.database import Db
from services.search.evidence import Ints
from services.search.gallery import plain_photo
from services.search.language.known import Terms
from services.search.language.plan import Meant, Want
from services.search.ranking import Grounds, Ranked
from services.search.sql import SQL
from services.search.understanding import Understood

FACET_WORDS = 20
WHOLE = "the photo as a whole"
Plain = dict[str, Any]


def hits(db: Db, page: Sequence[Ranked], asked: Understood, terms: Terms) -> list[Plain]:
    """What is gone since it was ranked is left out: the page is of one snapshot, so nothing is."""
    if not page:
        return []
    ids = "{" + ",".join(one.photo_id for one in page) + "}"
    tags = {g.number for one in page for g in one.grounds if g.number and g.number > 0}
    named = {"photo_ids": ids, "tag_ids": "{" + ",".join(map(str, tags)) + "}"}
    with db.cursor(row_factory=dict_row) as rows:
        by_id = {row["id"]: row for row in rows.execute(SQL["shown_photos"], named).fetchall()}
    return [_hit(one, by_id[one.photo_id], asked, terms) for one in page if one.photo_id in by_id]


def _hit(one: Ranked, row: Plain, asked: Understood, terms: Terms) -> Plain:
    sources = orjson.loads(row["sources"]) if row["sources"] else {}
    hit = plain_photo(row)
    hit["likeness"] = one.likeness
    hit["why"] = [_why(one, grounds, asked, terms, sources) for grounds in one.grounds]
    return hit


def _why(
    one: Ranked, grounds: Grounds, asked: Understood, terms: Terms, sources: Mapping[str, str]
) -> Plain:
    want = grounds.want
    tag, kind, source = _named(grounds, asked, terms, sources)
    return {
        "tag": tag,
        "kind": kind,
        "source": source,
        "confidence": grounds.confidence,
        "guess": grounds.guess,
        "likeness": min(1.0, grounds.likeness),
        "share": min(1.0, grounds.points / one.likeness),
        "points": min(1.0, grounds.points),
        "term": want.meant.text if want and want.meant else "",
    }


def _named(
    grounds: Grounds, asked: Understood, terms: Terms, sources: Mapping[str, str]
) -> tuple[str, str, str]:
    """What a reason is called, its kind, and who says so."""
    want = grounds.want
    if grounds.way:
        return f"like the photo in {grounds.way}", "similar", grounds.way
    if grounds.number is not None:
        term = terms.by_number[grounds.number]
        measured = "pixels" if term.kind in ("colour", "orientation") else "exif"
        source = "guess" if grounds.guess else sources.get(str(grounds.number), "")
        return term.text, term.kind, measured if grounds.number < 0 else source
    if isinstance(want, Want) and want.feeling and want.meant:
        return want.meant.meaning, "mood", "map"
    if isinstance(want, Want):
        return want.text, "name", "name"
    if want is not None and want.meant:
        return want.meant.meaning, want.meant.kind, "filter"
    return WHOLE, "meaning", str(asked.model["name"]) if asked.model else ""


def facets(counted: tuple[Ints, Ints], terms: Terms) -> dict[str, list[Plain]]:
    """The commonest tags and traits, by kind. Some photos have thousands: the rest stays unread."""
    numbers, counts = counted
    kinds = terms.kinds_of(numbers)
    by_kind: dict[str, list[Plain]] = {}
    for kind in np.unique(kinds[kinds >= 0]).tolist():
        places = np.flatnonzero(kinds == kind)[:FACET_WORDS].tolist()
        words = [(terms.by_number[int(numbers[n])], int(counts[n])) for n in places]
        by_kind[words[0][0].kind] = [{"text": term.text, "count": count} for term, count in words]
    return by_kind


def chip(meant: Meant) -> Chip:
    return Chip(
        start=meant.span.start,
        end=meant.span.end,
        text=meant.text,
        kind=meant.kind,
        meaning=meant.meaning,
        query=meant.query,
        confidence=meant.confidence,
        negated=meant.negated,
    )


def written(answer: Plain) -> bytes:
    """``SearchAnswer`` as JSON, written once."""
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)
