"""The audit log: who did what, kept in the same transaction as the deed."""

import json

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from services.common.accounts import AuditEntry, AuditPage, Who
from services.search.database import Db
from services.search.sql import SQL


def note(db: Db, what: str, by: Who, address: str = "", **more: object) -> None:
    fields = {"what": what, "account_id": by.account_id, "name": by.name, "address": address}
    if by.key_id:
        more["key"] = by.key_id
    db.execute(SQL["audit_note"], {**fields, "more": Jsonb(more, dumps=_written)})


def page(db: Db, before: int | None, limit: int) -> AuditPage:
    with db.cursor(row_factory=dict_row) as rows:
        found = rows.execute(SQL["audit_page"], {"before": before, "limit": limit}).fetchall()
    entries = [AuditEntry(**row) for row in found]
    return AuditPage(entries=entries, cursor=entries[-1].id if len(entries) == limit else None)


def _written(more: object) -> str:
    return json.dumps(more, default=str)
