"""/internal/v1/who: accounts, sessions, keys and the audit log, for the gateway."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.common.accounts import (
    AccountAsked,
    AuditPage,
    Hashed,
    House,
    Key,
    KeyAsked,
    Keys,
    KnownElsewhere,
    LoginAsked,
    Noted,
    People,
    Role,
    Sessions,
    Who,
)
from services.common.problems import Problem
from services.search.accounts import audit, people, sessions
from services.search.routes import transaction
from services.search.state import Search

router = APIRouter(prefix="/internal/v1/who")


class ByToken(BaseModel):
    token_hash: Hashed


class ByKey(BaseModel):
    key_id: Annotated[str, Query(max_length=40)]
    secret_hash: Hashed


class Asking(BaseModel):
    """Somebody's deed: who does it, to whom."""

    by: Who
    address: Annotated[str, Query(max_length=100)] = ""
    account_id: UUID | None = None
    session_id: UUID | None = None
    key_id: Annotated[str, Query(max_length=40)] | None = None
    role: Role = "guest"
    token_hash: Hashed = "0" * 64
    house: House | None = None


@router.post(":session")
def session(asked: ByToken, state: Search) -> Who:
    with transaction(state) as db:
        return sessions.known(db, asked.token_hash) or Who()


@router.post(":key")
def by_key(asked: ByKey, state: Search) -> Who:
    with transaction(state) as db:
        return sessions.by_key(db, asked.key_id, asked.secret_hash) or Who()


@router.get(":anybody")
def anybody(state: Search) -> Who:
    with transaction(state) as db:
        return sessions.anybody(db)


@router.post(":login")
def login(asked: LoginAsked, state: Search) -> Who:
    try:
        with transaction(state) as db:
            who = people.sign_in(db, asked.name, asked.password, asked)
            audit.note(db, "signed in", who, asked.address)
            return who
    except Problem as problem:
        if problem.code == "bad-login":
            with transaction(state) as db:
                audit.note(db, "sign-in refused", Who(name=asked.name), asked.address)
        raise


@router.post(":elsewhere")
def elsewhere(asked: KnownElsewhere, state: Search) -> Who:
    with transaction(state) as db:
        who = people.sign_in_elsewhere(db, asked)
        audit.note(db, "signed in", who, asked.address, issuer=asked.issuer)
        return who


@router.post(":make")
def make(asked: AccountAsked, state: Search) -> Who:
    with transaction(state) as db:
        who = people.make(db, asked)
        audit.note(db, "account made", who, asked.address, role=who.role)
        return who


@router.post(":offer-ownership")
def offer_ownership(asked: ByToken, state: Search) -> dict[str, bool]:
    with transaction(state) as db:
        return {"needed": people.offer_ownership(db, asked.token_hash)}


@router.get(":first")
def first(state: Search) -> dict[str, bool]:
    with transaction(state) as db:
        return {"needed": people.owner_needed(db)}


@router.post(":invitation")
def invitation(asked: ByToken, state: Search) -> dict[str, Role | None]:
    with transaction(state) as db:
        return {"role": people.invitation(db, asked.token_hash)}


@router.post(":logout", status_code=204)
def logout(asked: Asking, state: Search) -> None:
    with transaction(state) as db:
        sessions.end(db, asked.token_hash)
        audit.note(db, "signed out", asked.by, asked.address)


@router.post(":sessions")
def list_sessions(who: Who, state: Search) -> Sessions:
    with transaction(state) as db:
        return Sessions(sessions=sessions.sessions(db, who))


@router.post(":revoke-session", status_code=204)
def revoke_session(asked: Asking, state: Search) -> None:
    if asked.by.account_id and asked.session_id:
        with transaction(state) as db:
            sessions.revoke(db, asked.by.account_id, asked.session_id)
            audit.note(db, "session revoked", asked.by, asked.address)


@router.post(":keys")
def list_keys(who: Who, state: Search) -> Keys:
    with transaction(state) as db:
        return Keys(keys=sessions.keys(db, who.account_id) if who.account_id else [])


@router.post(":make-key", status_code=201)
def make_key(asked: KeyAsked, state: Search) -> Key:
    with transaction(state) as db:
        made = sessions.make_key(db, asked)
        audit.note(db, "key made", asked.by, made=made.id, scopes=made.scopes)
        return made


@router.post(":revoke-key", status_code=204)
def revoke_key(asked: Asking, state: Search) -> None:
    if asked.by.account_id and asked.key_id:
        with transaction(state) as db:
            sessions.revoke_key(db, asked.by.account_id, asked.key_id)
            audit.note(db, "key revoked", asked.by, asked.address, revoked=asked.key_id)


@router.get(":people")
def list_people(state: Search) -> People:
    with transaction(state) as db:
        return People(people=people.people(db))


@router.post(":invite", status_code=201)
def invite(asked: Asking, state: Search) -> dict[str, object]:
    with transaction(state) as db:
        made = people.invite(db, asked.role, asked.token_hash)
        audit.note(db, "invited", asked.by, asked.address, role=asked.role)
        return made


@router.post(":role", status_code=204)
def change_role(asked: Asking, state: Search) -> None:
    if asked.account_id:
        with transaction(state) as db:
            people.change_role(db, asked.account_id, asked.role)
            more = {"account": asked.account_id, "role": asked.role}
            audit.note(db, "role changed", asked.by, asked.address, **more)


@router.post(":remove", status_code=204)
def remove(asked: Asking, state: Search) -> None:
    if asked.account_id:
        with transaction(state) as db:
            people.remove(db, asked.account_id)
            audit.note(db, "account removed", asked.by, asked.address, account=asked.account_id)


@router.get(":house")
def house(state: Search) -> House:
    with transaction(state) as db:
        return people.house(db)


@router.post(":change-house", status_code=204)
def change_house(asked: Asking, state: Search) -> None:
    if asked.house:
        with transaction(state) as db:
            people.change_house(db, asked.house)
            audit.note(db, "house changed", asked.by, asked.address, **asked.house.model_dump())


@router.post(":note", status_code=204)
def note(noted: Noted, state: Search) -> None:
    with transaction(state) as db:
        audit.note(db, noted.what, noted.by, noted.address, **noted.more)


@router.get(":audit")
def audit_page(
    state: Search,
    before: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    with transaction(state) as db:
        return audit.page(db, before, limit)
