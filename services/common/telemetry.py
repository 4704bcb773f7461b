"""Logs and metrics: one grep for a photo_id tells that photo's whole story."""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from services.common import tracing
from services.common.events import Event

HANDLED = Counter("imgcap_events_handled", "Events acknowledged.", ["service", "event"])
HANDLING = Histogram(
    "imgcap_event_seconds",
    "Seconds from delivery to outcome.",
    ["service", "event"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60),
)


def configure_logs(service: str, level: str, form: str) -> None:
    """Called once, by ``main``: structlog for ours, the same lines for everybody else's."""

    def name(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Not a context variable: those stay on their thread, and handlers have threads."""
        return {"service": service, **line}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # pika shouts a page for every refused connection; we say one line ourselves.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    for chatty in ("httpx", "httpcore", "botocore", "boto3", "urllib3", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@contextmanager
def photo_context(event: Event) -> Iterator[None]:
    """Every line logged inside names the photo and the trace, and so does the span around it."""
    trace = tracing.trace_of(event.traceparent)
    with (
        structlog.contextvars.bound_contextvars(
            photo_id=str(event.photo_id), generation=event.generation, trace_id=trace
        ),
        tracing.span(f"process {event.name}", parent=event.traceparent, kind="consumer"),
    ):
        yield
