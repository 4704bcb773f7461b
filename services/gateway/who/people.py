"""/api/people, /api/house, /api/audit: what the owner decides and reads."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from services.common.accounts import AuditPage, House, Invite, Invited, People, Role, RoleChange
from services.gateway.door import OpenDoor
from services.gateway.limited import address_of
from services.gateway.who import tokens
from services.gateway.who.routes import REFUSED, Asker, Deed, accounts_of

router = APIRouter(tags=["accounts"])


class HouseDeed(Deed):
    house: House


class _Made(BaseModel):
    role: Role
    expires_at: datetime


@router.get("/api/people", response_model=People, responses=REFUSED)
async def people(door: OpenDoor) -> People:
    """Everybody who has an account."""
    return await accounts_of(door).read(People, "GET", "/who:people")


@router.post("/api/people/invite", response_model=Invited, status_code=201, responses=REFUSED)
async def invite(request: Request, door: OpenDoor, who: Asker, wanted: Invite) -> Invited:
    """A link that makes one account, once; nobody can sign up without."""
    token = tokens.new_token()
    deed = Deed(
        by=who,
        address=address_of(request.scope),
        role=wanted.role,
        token_hash=tokens.hash_of(token),
    )
    made = await accounts_of(door).read(_Made, "POST", "/who:invite", deed)
    link = f"{str(request.base_url).rstrip('/')}/welcome#{quote(token)}"
    return Invited(link=link, role=made.role, expires_at=made.expires_at)


@router.patch("/api/people/{account_id}", status_code=204, responses=REFUSED)
async def change_role(
    request: Request, door: OpenDoor, who: Asker, account_id: UUID, wanted: RoleChange
) -> None:
    """Owner, member or guest from now on; a house keeps an owner."""
    accounts = accounts_of(door)
    where = address_of(request.scope)
    deed = Deed(by=who, address=where, account_id=account_id, role=wanted.role)
    await accounts.ask("POST", "/who:role", deed)
    accounts.forget()


@router.delete("/api/people/{account_id}", status_code=204, responses=REFUSED)
async def remove(request: Request, door: OpenDoor, who: Asker, account_id: UUID) -> None:
    """Sessions and keys end at once; photos stay."""
    accounts = accounts_of(door)
    deed = Deed(by=who, address=address_of(request.scope), account_id=account_id)
    await accounts.ask("POST", "/who:remove", deed)
    accounts.forget()


@router.get("/api/house", response_model=House, responses=REFUSED)
async def house(door: OpenDoor) -> House:
    """What holds for everybody."""
    return await accounts_of(door).read(House, "GET", "/who:house")


@router.put("/api/house", status_code=204, responses=REFUSED)
async def change_house(request: Request, door: OpenDoor, who: Asker, wanted: House) -> None:
    """Open the gallery to all, or let guests take originals."""
    accounts = accounts_of(door)
    deed = HouseDeed(by=who, address=address_of(request.scope), house=wanted)
    await accounts.ask("POST", "/who:change-house", deed)
    accounts.forget()


@router.get("/api/audit", response_model=AuditPage, responses=REFUSED)
async def audit(
    door: OpenDoor,
    cursor: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    """Who signed in, made keys, shared, changed roles, deleted; the latest first."""
    fields = {"limit": limit} | ({} if cursor is None else {"before": cursor})
    return await accounts_of(door).read(AuditPage, "GET", "/who:audit", params=fields)
