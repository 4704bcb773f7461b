"""The gateway: the one public door. Takes photos in, passes questions on, tells what happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from threading import Event as Flag
from threading import Thread

from fastapi import Depends, FastAPI
from starlette.types import ASGIApp

from services.common.blobs import Blobs
from services.common.events import PhotoChanged, PhotoTagged
from services.common.presigned import PresignedGet, PresignedPost
from services.common.publisher import Publisher
from services.gateway import (
    days,
    direct,
    files,
    finding,
    gallery,
    money,
    photos,
    problems,
    samples,
    uploads,
)
from services.gateway.announcer import Announcer
from services.gateway.apidoc import docs_routes
from services.gateway.door import Door
from services.gateway.guard import Guard
from services.gateway.health import health_routes
from services.gateway.keep import KeepPhoto
from services.gateway.limited import Limited, rates
from services.gateway.limits import Limits
from services.gateway.live import stream
from services.gateway.live.follow import follow
from services.gateway.live.hub import Hub
from services.gateway.live.listener import Listener
from services.gateway.look import Look
from services.gateway.metrics import Metered
from services.gateway.page import page_routes
from services.gateway.pixels import PixelPool
from services.gateway.reception import Reception
from services.gateway.search import SearchService
from services.gateway.settings import Settings
from services.gateway.spool import Spool
from services.gateway.states import States
from services.gateway.store import SILENCE, Store
from services.gateway.who import oidc, people, shares
from services.gateway.who import routes as who
from services.gateway.who.accounts import Accounts
from services.gateway.who.first import offer_ownership
from services.gateway.who.gate import Gate, Recognised
from services.gateway.who.shares import Links


def create_app(
    settings: Settings, stop: Flag | None = None, leaving: Flag | None = None
) -> ASGIApp:
    """``leaving`` makes it unready; ``stop`` ends what would go on for ever, the open streams."""
    stop = stop or Flag()
    gate = Gate(closed=settings.closed)
    limits = Limits(rates(settings.limits, alone=settings.alone), settings.redis_url)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(limits.close)
            app.state.door = await _open_door(settings, limits, gate, stack, stop)
            yield

    app = FastAPI(
        title="imgcap",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(gate)],
    )
    problems.install(app)
    for router in (
        uploads.router,
        direct.router,
        finding.router,
        days.router,
        samples.router,
        photos.router,
        files.router,
        gallery.router,
        money.router,
        stream.router,
        who.router,
        people.router,
        shares.router,
        oidc.router,
        docs_routes(app),
        health_routes(leaving or stop),
        page_routes(settings.web, direct.origin_of(settings.store)),
    ):
        app.include_router(router)
    limited = Recognised(Limited(app, limits), gate)
    guarded = Guard(limited, hosts=settings.hosts, upload_bytes=settings.upload.max_request_bytes)
    return Metered(guarded)


async def _open_door(
    settings: Settings, limits: Limits, gate: Gate, stack: AsyncExitStack, stop: Flag
) -> Door:
    """Nothing here waits for a neighbour: services may start in any order."""
    spool = Spool(settings.spool, room=settings.upload.spool_bytes)
    stack.callback(spool.close)
    search = SearchService(settings.search_url, settings.internal_token)
    stack.push_async_callback(search.close)
    look = Look(settings.look_url, settings.internal_token)
    stack.push_async_callback(look.close)
    store = Store(Blobs(settings.store, patience=SILENCE))
    stack.callback(store.close)
    announcer = Announcer(stack.enter_context(Publisher(settings.broker)))
    pixels = PixelPool(settings.pixel_workers, settings.spool, gps=settings.gps)
    await pixels.start()
    stack.push_async_callback(pixels.close)
    states = States(search)
    keep = KeepPhoto(search, store, pixels, announcer)
    hub = Hub(search, most=settings.streams, changed=states.drop)
    await _go_live(settings, hub, stack, stop)
    reception = Reception(spool, keep, settings.upload)
    signed = PresignedGet(settings.store) if settings.store.redirect else None
    posting = (
        PresignedPost(
            settings.store, most=settings.upload.max_bytes, seconds=settings.store.direct_seconds
        )
        if settings.store.direct
        else None
    )
    known = Accounts(search) if gate.closed else None
    gate.accounts = known
    if known:
        offering = asyncio.create_task(offer_ownership(known, settings))
        stack.callback(offering.cancel)
    return Door(
        settings,
        search,
        store,
        spool,
        states,
        keep,
        reception,
        announcer,
        hub,
        limits,
        look,
        signed,
        posting,
        known,
        Links(known) if known else None,
    )


async def _go_live(settings: Settings, hub: Hub, stack: AsyncExitStack, stop: Flag) -> None:
    loop = asyncio.get_running_loop()

    def hear(event: PhotoChanged | PhotoTagged) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(hub.hear, event)

    def end() -> None:
        stop.wait()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(hub.close)

    Thread(target=end, name="end-streams", daemon=True).start()
    stack.callback(stop.set)
    listener = stack.enter_context(Listener(settings.broker, hear))
    following = asyncio.create_task(follow(hub, lambda: listener.hearing))
    stack.callback(following.cancel)
