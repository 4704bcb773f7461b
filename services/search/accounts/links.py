"""/internal/v1/shares: links and the photos they show, for the gateway."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.common.accounts import Guess, Hashed, OpenShare, Share, ShareAsked, Shares, Who
from services.common.api import Photo
from services.search.accounts import audit, shares
from services.search.finding import understood
from services.search.routes import Owner, snapshot, transaction
from services.search.state import Search

router = APIRouter(prefix="/internal/v1/shares")


class Opening(BaseModel):
    token_hash: Hashed
    password: Guess = ""


class Revoking(BaseModel):
    by: Who
    share_id: UUID


class Shown(BaseModel):
    photos: list[Photo]


@router.get("")
def list_shares(state: Search, owner: Owner) -> Shares:
    with transaction(state) as db:
        return Shares(shares=shares.shares(db, owner))


@router.post(":make", status_code=201)
def make(asked: ShareAsked, state: Search) -> Share:
    if asked.kind == "search":
        understood(
            state, asked.by.gallery, asked.query
        )  # a question that cannot be read is not shared
    with transaction(state) as db:
        made = shares.make(db, asked)
        audit.note(db, "shared", asked.by, share=made.id, kind=made.kind)
        return made


@router.post(":revoke", status_code=204)
def revoke(asked: Revoking, state: Search) -> None:
    with transaction(state) as db:
        shares.revoke(db, asked.by.gallery, asked.share_id)
        audit.note(db, "share revoked", asked.by, share=asked.share_id)


@router.post(":open")
def opened(asked: Opening, state: Search) -> OpenShare:
    with transaction(state) as db:
        return shares.opened(db, asked.token_hash)


@router.post(":unlock")
def unlock(asked: Opening, state: Search) -> dict[str, bool]:
    with transaction(state) as db:
        return {"right": shares.unlocked(db, asked.token_hash, asked.password)}


@router.post(":photos")
def shown(share: OpenShare, state: Search) -> Shown:
    """What a link shows now; a search is asked anew."""
    photo_ids = share.photos
    if share.kind == "search":
        asked = understood(state, share.owner, share.query)
        with snapshot(state, share.owner) as db:
            found = state.asking.matches(db, share.owner, asked, share.strictness)
        photo_ids = [photo_id for photo_id, _ in found.chosen()]
    with snapshot(state, share.owner) as db:
        return Shown(photos=shares.photos(db, share.owner, photo_ids))
