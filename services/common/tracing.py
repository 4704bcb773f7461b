"""One trace from drop to searchable, over HTTP, AMQP and SQL; when off, a comparison and no more.

OpenTelemetry is imported by ``start`` alone. Spans name statements and routes and carry the
photo's id; what people wrote, searched for or called their files is never in them.
"""

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypeVar

import structlog

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, SpanKind, Tracer

Result = TypeVar("Result")
Kind = Literal["internal", "server", "client", "producer", "consumer"]

COLLECTORS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
#: A collector that is away may cost a stopping process no more than that, in seconds.
EXPORT_SECONDS = 2.0
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

_NOTHING: AbstractContextManager[None] = nullcontext()
_NO_HEADERS: Mapping[str, str] = {}
_NOT_CALLING: AbstractContextManager[Mapping[str, str]] = nullcontext(_NO_HEADERS)

_tracer: "Tracer | None" = None
_public = False


class Followed(Protocol):
    """An event, as far as traces know it."""

    @property
    def name(self) -> str: ...
    @property
    def traceparent(self) -> str: ...
    @property
    def photo_id(self) -> object: ...
    def model_copy(self, *, update: Mapping[str, Any]) -> Self: ...


Told = TypeVar("Told", bound=Followed)


def start(service: str, collector: str = "", *, public: bool = False) -> None:
    """Called once, by ``main``. ``public``: whatever clients say of their traces is ignored."""
    global _tracer, _public
    if not collector and not any(os.environ.get(name) for name in COLLECTORS):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    address = f"{collector.rstrip('/')}/v1/traces" if collector else None
    exporter = OTLPSpanExporter(address, timeout=EXPORT_SECONDS)
    resource = Resource.create({"service.name": service, "service.namespace": "imgcap"})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer, _public = provider.get_tracer("imgcap"), public


def on() -> bool:
    return _tracer is not None


def is_public() -> bool:
    return _public


def span(
    name: str, *, parent: str = "", kind: Kind = "internal", **attributes: str
) -> AbstractContextManager[Any]:
    """A span under ``parent`` (a traceparent), else under the present one, else a new trace's."""
    if _tracer is None:
        return _NOTHING
    return _opened(_tracer, name, _context_of(parent), kind, attributes)


def child(name: str, *, kind: Kind = "internal", **attributes: str) -> AbstractContextManager[Any]:
    """A span of the present trace; nothing where there is none, as in rounds that find no work."""
    if _tracer is None or not current():
        return _NOTHING
    return _opened(_tracer, name, None, kind, attributes)


def calling(service: str, call: str) -> AbstractContextManager[Mapping[str, str]]:
    """A span around an internal request, and the headers that carry it there."""
    if _tracer is None or not current():
        return _NOT_CALLING
    return _call(_tracer, f"{service} {UUID.sub('{photo_id}', call)}")


def current() -> str:
    """The traceparent of the present span; empty where there is none."""
    if _tracer is None:
        return ""
    from opentelemetry import trace

    of = trace.get_current_span().get_span_context()
    if not of.is_valid:
        return ""
    return f"00-{of.trace_id:032x}-{of.span_id:016x}-{of.trace_flags:02x}"


def traceparent() -> str:
    """The present span's; without one, of a trace that only the logs know."""
    return current() or f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def trace_of(parent: str) -> str:
    """The trace's id in a traceparent, as log lines have it."""
    return parent[3:35] if parent.count("-") == 3 else ""


def note(**attributes: str) -> None:
    """Say more of the present span."""
    if _tracer is not None:
        from opentelemetry import trace

        trace.get_current_span().set_attributes(attributes)


def carried(call: Callable[[], Result]) -> Callable[[], Result]:
    """For a thread of a pool, which would not know whose work it does."""
    if _tracer is None:
        return call
    context = copy_context()
    return lambda: context.run(call)


def stamped(events: Iterable[Told]) -> list[Told]:
    """What follows from an event belongs under the span that it was handled in."""
    made, parent = list(events), current()
    return [event.model_copy(update={"traceparent": parent}) for event in made] if parent else made


def publishing(event: Told) -> AbstractContextManager[Told]:
    """A span around a publish, and the event that carries it to whoever hears it."""
    if _tracer is None:
        return nullcontext(event)
    return _publish(event)


@contextmanager
def _publish(event: Told) -> Iterator[Told]:
    told = {"photo_id": str(event.photo_id), "messaging.system": "rabbitmq"}
    with span(f"publish {event.name}", parent=event.traceparent, kind="producer", **told):
        yield event.model_copy(update={"traceparent": current()})


@contextmanager
def _call(tracer: "Tracer", name: str) -> Iterator[Mapping[str, str]]:
    with _opened(tracer, name, None, "client", {}):
        photo = _photo_id()
        yield {"traceparent": current(), **({"baggage": f"photo_id={photo}"} if photo else {})}


@contextmanager
def _opened(
    tracer: "Tracer", name: str, context: "Context | None", kind: Kind, attributes: dict[str, str]
) -> "Iterator[Span]":
    if "photo_id" not in attributes and (photo := _photo_id()):
        attributes["photo_id"] = photo
    with tracer.start_as_current_span(
        name,
        context,
        _kind(kind),
        attributes,
        # An error's text may name a file or hold a query: its class is all that is told.
        record_exception=False,
        set_status_on_exception=False,
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            _fail(opened, error)
            raise


def _fail(opened: "Span", error: BaseException) -> None:
    from opentelemetry.trace import StatusCode

    opened.set_attribute("error.type", type(error).__name__)
    opened.set_status(StatusCode.ERROR)


def _kind(kind: Kind) -> "SpanKind":
    from opentelemetry.trace import SpanKind

    return SpanKind[kind.upper()]


def _photo_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("photo_id", ""))


def _context_of(parent: str) -> "Context | None":
    if not TRACEPARENT.fullmatch(parent):
        return None
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    _, trace, of, flags = parent.split("-")
    context = SpanContext(int(trace, 16), int(of, 16), True, TraceFlags(int(flags, 16)))
    return set_span_in_context(NonRecordingSpan(context))
