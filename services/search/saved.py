"""Saved searches: a name, a question, and how much is new since somebody looked."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from psycopg.rows import dict_row

from services.common.finding import NewSavedSearch, SavedSearch
from services.search.database import Db
from services.search.language.syntax import BadQuery
from services.search.query import Asking
from services.search.sql import SQL


class NoSuchSearch(Exception):
    """Never kept, or forgotten."""


def save(db: Db, owner: str, wanted: NewSavedSearch) -> SavedSearch:
    with db.cursor(row_factory=dict_row) as rows:
        row = rows.execute(SQL["save_search"], {"owner": owner, **wanted.model_dump()}).fetchone()
    assert row is not None
    return _saved(row)


def all_saved(db: Db, owner: str) -> list[SavedSearch]:
    with db.cursor(row_factory=dict_row) as rows:
        found = rows.execute(SQL["saved_searches"], {"owner": owner, "saved_id": None}).fetchall()
    return [_saved(row) for row in found]


def one_saved(db: Db, owner: str, saved_id: UUID) -> SavedSearch:
    """Raises ``NoSuchSearch``."""
    fields = {"owner": owner, "saved_id": saved_id}
    with db.cursor(row_factory=dict_row) as rows:
        row = rows.execute(SQL["saved_searches"], fields).fetchone()
    if row is None:
        raise NoSuchSearch(saved_id)
    return _saved(row)


def forget(db: Db, owner: str, saved_id: UUID) -> None:
    """Raises ``NoSuchSearch``."""
    fields = {"owner": owner, "saved_id": saved_id}
    if db.execute(SQL["forget_search"], fields).fetchone() is None:
        raise NoSuchSearch(saved_id)


def look(db: Db, owner: str, saved_id: UUID) -> None:
    db.execute(SQL["look_at_search"], {"owner": owner, "saved_id": saved_id})


def counted(db: Db, owner: str, saved: SavedSearch, asking: Asking) -> SavedSearch:
    """With how many match now and how many of them are new.

    Words never placed before are not waited for: a list of saved searches must come at once.
    """
    try:
        asked = asking.understand(db, saved.query, owner=owner)
    except BadQuery:
        return saved  # saved when the language was another
    matches = asking.matches(db, owner, asked, saved.strictness)
    ids = [photo_id for photo_id, _ in matches.chosen()]
    fields = {"photo_ids": ids, "since": saved.looked_at}
    new = db.execute(SQL["count_new"], fields).fetchone()
    return saved.model_copy(update={"total": len(ids), "new": new[0] if new else 0})


def _saved(row: dict[str, Any]) -> SavedSearch:
    question = urlencode({"q": row["query"], "strictness": row["strictness"]})
    return SavedSearch(**row, link=f"/?{question}")
