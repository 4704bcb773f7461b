"""What every route of the gateway can reach; wired in ``app``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from services.common.presigned import PresignedGet, PresignedPost
from services.gateway.announcer import Announcer
from services.gateway.keep import KeepPhoto
from services.gateway.limits import Limits
from services.gateway.live.hub import Hub
from services.gateway.look import Look
from services.gateway.reception import Reception
from services.gateway.search import SearchService
from services.gateway.settings import Settings
from services.gateway.spool import Spool
from services.gateway.states import States
from services.gateway.store import Store
from services.gateway.who.accounts import Accounts

if TYPE_CHECKING:
    from services.gateway.who.shares import Links


@dataclass(frozen=True)
class Door:
    settings: Settings
    search: SearchService
    store: Store
    spool: Spool
    states: States
    keep: KeepPhoto
    reception: Reception
    announcer: Announcer
    hub: Hub
    limits: Limits
    look: Look
    signed: PresignedGet | None = None
    direct: PresignedPost | None = None
    #: None where everybody is the owner.
    accounts: Accounts | None = None
    links: "Links | None" = None


async def _door(request: Request) -> Door:
    """Not in a thread of its own, as a plain function would be: half of what a route costs."""
    return cast(Door, request.app.state.door)


OpenDoor = Annotated[Door, Depends(_door)]
