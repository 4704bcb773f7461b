"""Links that show some photos to whoever has them, and nothing else."""

from uuid import UUID

from psycopg.rows import dict_row

from services.common.accounts import OpenShare, Share, ShareAsked
from services.common.api import Photo
from services.common.problems import Problem
from services.search.accounts import words
from services.search.accounts.people import every, one
from services.search.database import Db
from services.search.gallery import photo_fields
from services.search.sql import SQL

#: Photos that one link shows at most.
MOST = 1000


def make(db: Db, wanted: ShareAsked) -> Share:
    """Raises ``Problem``."""
    owner = wanted.by.gallery
    if wanted.kind == "photo" and len(wanted.photos) != 1:
        raise Problem(422, "bad-request", "a link to a photo names one")
    if wanted.kind == "selection" and not wanted.photos:
        raise Problem(422, "bad-request", "a link to a selection names its photos")
    if wanted.kind == "search" and not wanted.query.strip():
        raise Problem(422, "bad-request", "a link to a search has a question")
    fields = wanted.model_dump(exclude={"by", "password"})
    password = words.hashed(wanted.password) if wanted.password else None
    made = one(db, "share_make", **fields, owner=owner, password=password)
    assert made is not None
    return shares(db, owner, made["share_id"])[0]


def shares(db: Db, owner: str, share_id: UUID | None = None) -> list[Share]:
    return [Share(**row) for row in every(db, "share_list", owner=owner, share_id=share_id)]


def opened(db: Db, token_hash: str) -> OpenShare:
    """Raises ``Problem``: the same for what never was and what is over."""
    row = one(db, "share_open", token_hash=token_hash)
    if row is None:
        raise gone()
    return OpenShare(**row)


def unlocked(db: Db, token_hash: str, guess: str) -> bool:
    row = one(db, "share_password", token_hash=token_hash)
    return words.matches(row["password"] if row else None, guess)


def revoke(db: Db, owner: str, share_id: UUID) -> None:
    """Raises ``Problem``."""
    if one(db, "share_revoke", share_id=share_id, owner=owner) is None:
        raise gone()


def photos(db: Db, owner: str, photo_ids: list[UUID]) -> list[Photo]:
    with db.cursor(row_factory=dict_row) as rows:
        found = rows.execute(SQL["share_photos"], {"owner": owner, "photo_ids": photo_ids[:MOST]})
        return [Photo(**photo_fields(row)) for row in found.fetchall()]


def gone() -> Problem:
    return Problem(404, "no-such-share", "this link leads nowhere; perhaps it is too old")
