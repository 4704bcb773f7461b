"""Accounts: made by a link, once; signed in with a password or by an OIDC provider."""

from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from services.common.accounts import (
    FIRST_GALLERY,
    AccountAsked,
    Begun,
    House,
    KnownElsewhere,
    Person,
    Role,
    Who,
)
from services.common.problems import Problem
from services.search.accounts import sessions, words
from services.search.database import Db
from services.search.sql import SQL

#: Hours that a link may wait for its one use.
INVITATION_HOURS = {"owner": 1, "member": 72, "guest": 72}


def one(db: Db, query: str, /, **fields: Any) -> dict[str, Any] | None:
    with db.cursor(row_factory=dict_row) as rows:
        return rows.execute(SQL[query], fields).fetchone()


def every(db: Db, query: str, /, **fields: Any) -> list[dict[str, Any]]:
    with db.cursor(row_factory=dict_row) as rows:
        return rows.execute(SQL[query], fields).fetchall()


def owner_needed(db: Db) -> bool:
    return one(db, "account_owner") is None


def offer_ownership(db: Db, token_hash: str) -> bool:
    """Another link to set up the house; False when it has an owner. Older ones go on until used."""
    if not owner_needed(db):
        return False
    invite(db, "owner", token_hash)
    return True


def invite(db: Db, role: Role, token_hash: str) -> dict[str, Any]:
    fields = {"role": role, "token_hash": token_hash, "hours": INVITATION_HOURS[role]}
    made = one(db, "account_invite", **fields)
    assert made is not None
    return made


def invitation(db: Db, token_hash: str) -> Role | None:
    found = one(db, "account_invitation", token_hash=token_hash)
    return found["role"] if found else None


def make(db: Db, wanted: AccountAsked) -> Who:
    """Raises ``Problem``. The invitation is used up, with all others that make owners."""
    kept = words.hashed(wanted.password) if wanted.password else None
    # Two links that are used at once must not make two first owners.
    db.execute("SELECT pg_advisory_xact_lock(hashtext('imgcap.accounts'))")
    used = one(db, "account_use_invitation", token_hash=wanted.invitation_hash)
    first = owner_needed(db)
    if used is None or (used["role"] == "owner" and not first):
        raise Problem(403, "bad-invitation", "this link was used already, or is too old")
    fields = wanted.model_dump(include={"name", "issuer", "subject"})
    gallery = None if used["role"] == "member" else FIRST_GALLERY
    try:
        with db.transaction():
            made = one(
                db, "account_make", role=used["role"], gallery=gallery, password=kept, **fields
            )
    except psycopg.errors.UniqueViolation as error:
        raise Problem(409, "name-taken", "somebody here has this name; take another") from error
    assert made is not None
    return sessions.begin(db, made["account_id"], wanted)


def sign_in(db: Db, name: str, password: str, begun: Begun) -> Who:
    """Raises ``Problem``: the same for a wrong name and a wrong password."""
    found = one(db, "account_by_name", name=name)
    if not words.matches(found["password"] if found else None, password) or found is None:
        raise Problem(401, "bad-login", "name or password is wrong")
    return sessions.begin(db, found["account_id"], begun)


def sign_in_elsewhere(db: Db, known: KnownElsewhere) -> Who:
    """Raises ``Problem`` for somebody who was never invited."""
    found = one(db, "account_by_subject", issuer=known.issuer, subject=known.subject)
    if found is None:
        raise Problem(403, "not-invited", "ask the owner of this gallery for an invitation")
    return sessions.begin(db, found["account_id"], known)


def people(db: Db) -> list[Person]:
    return [Person(**row) for row in every(db, "account_people")]


def change_role(db: Db, account_id: UUID, role: Role) -> None:
    """Raises ``Problem``. A house keeps an owner."""
    _not_the_last_owner(db, account_id, role)
    gallery = str(account_id) if role == "member" else FIRST_GALLERY
    if one(db, "account_change_role", account_id=account_id, role=role, gallery=gallery) is None:
        raise _unknown()


def remove(db: Db, account_id: UUID) -> None:
    """Raises ``Problem``. Sessions and keys go with it, photos stay."""
    _not_the_last_owner(db, account_id, "nobody")
    if one(db, "account_remove", account_id=account_id) is None:
        raise _unknown()


def house(db: Db) -> House:
    return House(**(one(db, "account_house") or {}))


def change_house(db: Db, wanted: House) -> None:
    db.execute(SQL["account_change_house"], wanted.model_dump())


def _not_the_last_owner(db: Db, account_id: UUID, role: Role) -> None:
    db.execute("SELECT pg_advisory_xact_lock(hashtext('imgcap.accounts'))")
    owners = [person.id for person in people(db) if person.role == "owner"]
    if role != "owner" and owners == [account_id]:
        raise Problem(409, "last-owner", "somebody must own the gallery")


def _unknown() -> Problem:
    return Problem(404, "no-such-account", "there is no such account")
