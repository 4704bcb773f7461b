"""An OTLP collector on loopback: takes protobuf over HTTP, as any collector does, and keeps it."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import monotonic, sleep

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Wire


@dataclass(frozen=True)
class Span:
    service: str
    name: str
    kind: str
    trace: str
    of: str
    parent: str
    attributes: dict[str, str]
    failed: bool
    began: int
    ended: int


class Collector:
    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def spans(self) -> list[Span]:
        with self._lock:
            return list(self._spans)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._lock:
            for resource in request.resource_spans:
                told = {one.key: one.value.string_value for one in resource.resource.attributes}
                for scope in resource.scope_spans:
                    self._spans += [_read(told["service.name"], span) for span in scope.spans]

    def wait_for(self, enough: Callable[[list[Span]], bool], within: float = 30) -> list[Span]:
        deadline = monotonic() + within
        while not enough(self.spans):
            assert monotonic() < deadline, sorted({(one.service, one.name) for one in self.spans})
            sleep(0.05)
        return self.spans

    @contextmanager
    def serving(self) -> Iterator["Collector"]:
        Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def _read(service: str, span: Wire) -> Span:
    return Span(
        service=service,
        name=span.name,
        kind=Wire.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace=span.trace_id.hex(),
        of=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        attributes={one.key: one.value.string_value for one in span.attributes},
        failed=span.status.code == 2,
        began=span.start_time_unix_nano,
        ended=span.end_time_unix_nano,
    )


def _handler(collector: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            assert (self.path, self.headers["Content-Type"]) == (
                "/v1/traces",
                "application/x-protobuf",
            )
            collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """A batch every moment is no news."""

    return Handler
