"""Who is signed in, by the hash of a token, until it is old, idle or revoked."""

from uuid import UUID

from psycopg.rows import class_row, dict_row

from services.common.accounts import Begun, Key, KeyAsked, Session, Who
from services.common.problems import Problem
from services.search.database import Db
from services.search.sql import SQL

#: Days a session lasts at most, and days without a visit that end it.
DAYS, IDLE_DAYS = 30, 7


def begin(db: Db, account_id: UUID, begun: Begun) -> Who:
    """A token of its own: what a browser brought before means nothing any more."""
    fields = {**begun.model_dump(include={"token_hash", "agent"}), "days": DAYS}
    db.execute(SQL["session_begin"], {"account_id": account_id, **fields})
    who = known(db, begun.token_hash)
    assert who is not None
    return who


def known(db: Db, token_hash: str) -> Who | None:
    with db.cursor(row_factory=class_row(Who)) as rows:
        who = rows.execute(
            SQL["session_known"], {"token_hash": token_hash, "idle_days": IDLE_DAYS}
        ).fetchone()
    if who:
        db.execute(SQL["session_seen"], {"session_id": who.session_id})
    return who


def by_key(db: Db, key_id: str, secret_hash: str) -> Who | None:
    fields = {"key_id": key_id, "secret_hash": secret_hash}
    with db.cursor(row_factory=class_row(Who)) as rows:
        who = rows.execute(SQL["key_known"], fields).fetchone()
    if who:
        db.execute(SQL["key_used"], {"key_id": key_id})
    return who


def anybody(db: Db) -> Who:
    """Who has not signed in: nobody, or a guest where the gallery is open."""
    with db.cursor(row_factory=class_row(Who)) as rows:
        return rows.execute(SQL["account_anybody"]).fetchone() or Who()


def end(db: Db, token_hash: str) -> None:
    db.execute(SQL["session_end"], {"token_hash": token_hash})


def sessions(db: Db, who: Who) -> list[Session]:
    with db.cursor(row_factory=dict_row) as rows:
        found = rows.execute(SQL["session_list"], {"account_id": who.account_id}).fetchall()
    return [Session(**row, this=row["id"] == who.session_id) for row in found]


def revoke(db: Db, account_id: UUID, session_id: UUID) -> None:
    """Raises ``Problem``."""
    fields = {"account_id": account_id, "session_id": session_id}
    if db.execute(SQL["session_revoke"], fields).fetchone() is None:
        raise Problem(404, "no-such-session", "there is no such session")


def make_key(db: Db, wanted: KeyAsked) -> Key:
    """Raises ``Problem``: no key makes a key that may do more or live longer than itself."""
    by = wanted.by
    if by.scopes is not None:
        beyond = set(wanted.scopes) - set(by.scopes)
        outlives = by.expires_at and (
            wanted.expires_at is None or wanted.expires_at > by.expires_at
        )
        if beyond or outlives:
            raise Problem(403, "more-than-its-own", "a key may not make one that may do more")
    if "admin" in wanted.scopes and by.role != "owner":
        raise Problem(403, "more-than-its-own", "only the owner's keys may administer")
    fields = wanted.model_dump(exclude={"by"})
    with db.cursor(row_factory=dict_row) as rows:
        made = rows.execute(SQL["key_make"], {**fields, "account_id": by.account_id}).fetchone()
    assert made is not None
    return Key(**made)


def keys(db: Db, account_id: UUID) -> list[Key]:
    with db.cursor(row_factory=dict_row) as rows:
        return [Key(**row) for row in rows.execute(SQL["key_list"], {"account_id": account_id})]


def revoke_key(db: Db, account_id: UUID, key_id: str) -> None:
    """Raises ``Problem``."""
    fields = {"account_id": account_id, "key_id": key_id}
    if db.execute(SQL["key_revoke"], fields).fetchone() is None:
        raise Problem(404, "no-such-key", "there is no such key")
