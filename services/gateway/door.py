"""What every route of the gateway can reach; wired in ``app``."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from services.common.presigned import PresignedGet
from services.gateway.announcer import Announcer
from services.gateway.keep import KeepPhoto
from services.gateway.limits import Limits
from services.gateway.live.hub import Hub
from services.gateway.reception import Reception
from services.gateway.search import SearchService
from services.gateway.settings import Settings
from services.gateway.spool import Spool
from services.gateway.states import States
from services.gateway.store import Store

#: Everybody's photos are one gallery until there are accounts.
OWNER = "local"


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
    signed: PresignedGet | None = None


def _door(request: Request) -> Door:
    return cast(Door, request.app.state.door)


OpenDoor = Annotated[Door, Depends(_door)]
