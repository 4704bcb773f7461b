"""/api/shares, /api/s/{token}: links that show some photos and nothing else."""

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from services.common.accounts import (
    Guess,
    MadeShare,
    NewShare,
    OpenShare,
    Share,
    ShareAsked,
    Shares,
    Who,
)
from services.common.api import Photo
from services.common.problems import Problem
from services.gateway import files
from services.gateway.door import Door, OpenDoor
from services.gateway.limited import address_of
from services.gateway.limits import Spending
from services.gateway.who import tokens
from services.gateway.who.accounts import Accounts
from services.gateway.who.acting import ACTING, OWN
from services.gateway.who.privacy import SharedPhoto, shared
from services.gateway.who.routes import REFUSED, Asker, accounts_of
from services.gateway.words import PhotoId

router = APIRouter(tags=["links"])

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]
#: Seconds after which a revoked link is shut, through every gateway.
FRESH = 5.0
LARGEST = 1000
UNLOCKED = "imgcap-link-"


class Unlock(BaseModel):
    password: Guess


class SharedView(BaseModel):
    """What a link shows. ``locked``: say the password first."""

    title: str = ""
    locked: bool = False
    originals: bool = False
    photos: list[SharedPhoto] = Field(default=[])


@dataclass(frozen=True)
class Opened:
    share: OpenShare
    photos: dict[str, Photo]


class _Shown(BaseModel):
    photos: list[Photo]


class _Right(BaseModel):
    right: bool


class _Revoking(BaseModel):
    by: Who
    share_id: UUID


class _Opening(BaseModel):
    token_hash: str
    password: str = ""


@dataclass
class Links:
    """What links show, remembered for moments."""

    accounts: Accounts
    _known: OrderedDict[str, tuple[float, Opened]] = field(default_factory=OrderedDict)

    async def opened(self, token: str) -> Opened:
        """Raises ``Problem``."""
        digest, now = tokens.hash_of(token), time.monotonic()
        if (known := self._known.get(digest)) and known[0] > now:
            return known[1]
        asked = _Opening(token_hash=digest)
        share = await self.accounts.read(OpenShare, "POST", "/shares:open", asked)
        shown = await self.accounts.read(_Shown, "POST", "/shares:photos", share)
        opened = Opened(share, {photo.id: photo for photo in shown.photos})
        self._known[digest] = (now + FRESH, opened)
        if len(self._known) > LARGEST:
            self._known.popitem(last=False)
        return opened

    def forget(self) -> None:
        self._known.clear()


@router.get("/api/shares", response_model=Shares, responses=REFUSED)
async def list_shares(door: OpenDoor) -> Shares:
    """All links to your photos that still lead somewhere."""
    return await accounts_of(door).read(Shares, "GET", "/shares", params=OWN)


@router.post("/api/shares", response_model=MadeShare, status_code=201, responses=REFUSED)
async def make(request: Request, door: OpenDoor, who: Asker, wanted: NewShare) -> MadeShare:
    """A link to a photo, a selection, or whatever a search finds; shown this once."""
    token = tokens.new_token()
    asked = ShareAsked(**wanted.model_dump(), token_hash=tokens.hash_of(token), by=who)
    made = await accounts_of(door).read(Share, "POST", "/shares:make", asked)
    link = f"{str(request.base_url).rstrip('/')}/s/{token}"
    return MadeShare(**made.model_dump(), link=link)


@router.delete("/api/shares/{share_id}", status_code=204, responses=REFUSED)
async def revoke(door: OpenDoor, who: Asker, share_id: UUID) -> None:
    """The link leads nowhere any more."""
    accounts = accounts_of(door)
    await accounts.ask("POST", "/shares:revoke", _Revoking(by=who, share_id=share_id))
    links_of(door).forget()


# --- for whoever has a link


@router.get("/api/s/{token}", response_model=SharedView)
async def look(request: Request, door: OpenDoor, token: Token) -> SharedView:
    """The photos of a link; of a locked one nothing until its password was said."""
    opened = await links_of(door).opened(token)
    share = opened.share
    if not _may_look(request, share, token):
        return SharedView(locked=True)
    photos = [
        shared(photo, token, facts=share.facts, originals=share.originals)
        for photo in opened.photos.values()
    ]
    return SharedView(title=share.title, originals=share.originals, photos=photos)


@router.post("/api/s/{token}/unlock", status_code=204)
async def unlock(request: Request, door: OpenDoor, token: Token, said: Unlock) -> Response:
    """Say the password of a link. It opens this link and no other."""
    tokens.insist_on_privacy(request, plain=door.settings.plain_http)
    digest = tokens.hash_of(token)
    where = address_of(request.scope)
    await door.limits.spend(Spending.LOGIN, f"{where} link", f"link {digest}")
    asked = _Opening(token_hash=digest, password=said.password)
    answer = await accounts_of(door).read(_Right, "POST", "/shares:unlock", asked)
    if not answer.right:
        raise Problem(401, "bad-password", "this is not the password of this link")
    share = (await links_of(door).opened(token)).share
    response = Response(status_code=204)
    response.set_cookie(
        f"{UNLOCKED}{share.id.hex[:12]}",
        _proof(share, token),
        max_age=tokens.DAY,
        path=f"/api/s/{token}",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/api/s/{token}/photos/{photo_id}/{form}", response_class=Response)
async def shared_bytes(
    request: Request, door: OpenDoor, token: Token, photo_id: PhotoId, form: files.Form
) -> Response:
    """The bytes of a photo of the link. An original only where the link says so."""
    opened = await links_of(door).opened(token)
    share = opened.share
    if not _may_look(request, share, token):
        raise Problem(401, "locked", "say the password of this link first")
    photo = opened.photos.get(str(photo_id))
    if photo is None:
        raise files.no_such_photo()
    if form == "original" and not share.originals:
        raise Problem(403, "no-originals", "this link does not give originals")
    ACTING.set(Who(role="guest", gallery=share.owner, originals=share.originals))
    return await files.bytes_of(request, door, photo_id, form, named=share.facts)


def links_of(door: Door) -> Links:
    accounts_of(door)
    assert door.links is not None
    return door.links


def _may_look(request: Request, share: OpenShare, token: str) -> bool:
    if not share.locked:
        return True
    brought = request.cookies.get(f"{UNLOCKED}{share.id.hex[:12]}", "")
    return hmac.compare_digest(brought.encode(), _proof(share, token).encode())


def _proof(share: OpenShare, token: str) -> str:
    """A share's id is told to nobody but its maker: only we can make this of it."""
    return sha256(
        f"unlocked {share.id} {share.created_at.isoformat()} {token}".encode()
    ).hexdigest()
