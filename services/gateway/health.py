"""/healthz, /readyz, /metrics"""

import asyncio
from threading import Event as Flag

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

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
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
