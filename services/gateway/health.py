"""/healthz, /readyz, /metrics"""

import asyncio
from ipaddress import ip_address
from threading import Event as Flag

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.common.problems import Problem
from services.gateway.door import OpenDoor


def health_routes(leaving: Flag) -> APIRouter:
    """``leaving``: still answering, but nobody new should come."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthy() -> Response:
        """Alive as long as the event loop comes round to this."""
        return Response()

    @router.get("/readyz")
    async def ready(door: OpenDoor) -> Response:
        """The broker is no part of it: photos are taken in without."""
        if leaving.is_set():
            return Response(status_code=503)
        answers = await asyncio.gather(door.search.ready(), door.store.ready())
        return Response(status_code=200 if all(answers) else 503)

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """For who stands inside: the public door says nothing of its traffic to the world."""
        if not _from_inside(request):
            raise Problem(404, "no-such-page", "there is nothing here")
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _from_inside(request: Request) -> bool:
    """Scrapers come straight from a private address; whoever comes through a proxy is outside."""
    if any(name == "forwarded" or name.startswith("x-forwarded-") for name in request.headers):
        return False
    try:
        return not ip_address(request.client.host if request.client else "").is_global
    except ValueError:  # a socket of the file system
        return True
