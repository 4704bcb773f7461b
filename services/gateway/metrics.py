"""What the gateway counts, for Prometheus."""

import time
from typing import Any

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("imgcap_requests", "Answers given.", ["method", "route", "status"])
ANSWERING = Histogram(
    "imgcap_request_seconds",
    "Seconds from a request's header to the end of its answer.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60),
)
UPLOAD_SECONDS = Histogram(
    "imgcap_upload_seconds",
    "Seconds a photo took from the spool to the record, by outcome.",
    ["outcome"],
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15),
)
UPLOAD_BYTES = Counter("imgcap_upload_bytes", "Bytes of photos taken in.")
UPLOADS = Counter("imgcap_uploads", "Photos answered 2xx.", ["outcome"])
UPLOADS_REFUSED = Counter("imgcap_uploads_refused", "Photos refused, by code.", ["code"])
STREAMS = Gauge("imgcap_streams", "Open pages that are told of changes.")

#: Methods are the client's to invent, and every label is kept for ever.
METHODS = {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT"}


class Metered:
    """Counts answers by route template: addresses of single photos would be without end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status, whole = time.perf_counter(), 0, False

        async def noting(message: Message) -> None:
            nonlocal status, whole
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)
            whole = message["type"] == "http.response.body" and not message.get("more_body")

        try:
            await self._app(scope, receive, noting)
        except Exception:
            if not whole:  # else it has been logged and answered, and the connection is fine
                raise
        finally:
            route = _template(scope)
            method = scope["method"] if scope["method"] in METHODS else "other"
            REQUESTS.labels(method, route, str(status or "cut")).inc()
            ANSWERING.labels(route).observe(time.perf_counter() - began)


def _template(scope: Scope) -> str:
    route: Any = scope.get("route")
    return str(getattr(route, "path", "other"))
