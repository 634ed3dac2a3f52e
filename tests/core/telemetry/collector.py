"""A collector of the tests': it takes OTLP over HTTP, and can behave badly."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

PATIENCE = 60.0
"""Seconds that a test waits before it gives up."""

Mood = Literal["good", "page", "nonsense", "cut", "hang", "away", "picky", "rejects"]
"""`away`: redirects. `picky`: takes no metrics. `rejects`: takes it and loses it."""


@dataclass(frozen=True)
class Span:
    """A span as it arrived."""

    name: str
    trace: bytes
    id: bytes
    parent: bytes
    kind: int
    started: float
    ended: float
    attributes: dict[str, Any]
    events: tuple[tuple[str, float, dict[str, Any]], ...]
    failed: bool
    failure: str


@dataclass(frozen=True)
class Point:
    """A data point of a histogram as it arrived."""

    metric: str
    unit: str
    count: int
    sum: float
    bounds: tuple[float, ...]
    attributes: dict[str, Any]


class Collector:
    """What has arrived, and how it is answered."""

    def __init__(self) -> None:
        """Begin in a good mood."""
        self.mood: Mood = "good"
        self.status = 200
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.spans: list[Span] = []
        self.resources: list[dict[str, Any]] = []
        self.points: list[list[Point]] = []
        """Of each delivery."""

        self.may_go = threading.Event()
        """Lets answers go that hang."""

        self.url = ""
        self._changed = threading.Condition()

    def wait(self, seen: Callable[["Collector"], object]) -> None:
        """Wait until something has arrived."""
        with self._changed:
            assert self._changed.wait_for(lambda: seen(self), PATIENCE), self.paths

    def took(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Keep a delivery."""
        with self._changed:
            self.paths.append(path)
            self.headers.append(headers)
            if path.endswith("/v1/traces"):
                self._spans(ExportTraceServiceRequest.FromString(body))
            else:
                self._points(ExportMetricsServiceRequest.FromString(body))
            self._changed.notify_all()

    def _spans(self, request: ExportTraceServiceRequest) -> None:
        for of_resource in request.resource_spans:
            self.resources.append(_attributes(of_resource.resource.attributes))
            for scope in of_resource.scope_spans:
                for one in scope.spans:
                    self.spans.append(
                        Span(
                            one.name,
                            one.trace_id,
                            one.span_id,
                            one.parent_span_id,
                            one.kind,
                            one.start_time_unix_nano / 1e9,
                            one.end_time_unix_nano / 1e9,
                            _attributes(one.attributes),
                            tuple(
                                (
                                    event.name,
                                    event.time_unix_nano / 1e9,
                                    _attributes(event.attributes),
                                )
                                for event in one.events
                            ),
                            one.status.code == one.status.STATUS_CODE_ERROR,
                            one.status.message,
                        )
                    )

    def _points(self, request: ExportMetricsServiceRequest) -> None:
        self.points.append(
            [
                Point(
                    metric.name,
                    metric.unit,
                    point.count,
                    point.sum,
                    tuple(point.explicit_bounds),
                    _attributes(point.attributes),
                )
                for of_resource in request.resource_metrics
                for scope in of_resource.scope_metrics
                for metric in scope.metrics
                for point in metric.histogram.data_points
            ]
        )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in _typed(pairs)}


def _typed(pairs: Any) -> list[KeyValue]:
    return list(pairs)


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]

    assert kind is not None
    return getattr(value, kind)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Take a delivery."""
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {key.lower(): value for key, value in self.headers.items()}
        self._collector.took(self.path, headers, body)
        self._answer()

    @property
    def _collector(self) -> Collector:
        assert isinstance(self.server, _Server)
        return self.server.collector

    def _answer(self) -> None:
        match self._collector.mood:
            case "hang":
                self._collector.may_go.wait(PATIENCE)
                self.close_connection = True
            case "cut":
                self._bytes(b"")
            case "nonsense":
                self._bytes(b"\x00\x01garbage\r\n\r\n")
            case "away":
                self._say(307, "text/plain", b"", location="http://127.0.0.1:9/x")
            case "page":
                self._say(200, "text/html; charset=utf-8", b"<html>router</html>")
            case "picky" if self.path.endswith("/v1/metrics"):
                self._say(404, "text/plain", b"no metrics here")
            case "rejects":
                answer = ExportTraceServiceResponse()
                answer.partial_success.rejected_spans = 2
                answer.partial_success.error_message = "quota\x1b[2J is used up"
                self._say(200, _OTLP, answer.SerializeToString())
            case _:
                self._say(self._collector.status, _OTLP, b"")

    def _bytes(self, data: bytes) -> None:
        self.wfile.write(data)
        self.close_connection = True

    def _say(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Say nothing."""


_OTLP = "application/x-protobuf"


class _Server(ThreadingHTTPServer):
    # Connections that are kept open must not keep the test.
    daemon_threads = True
    block_on_close = False

    def __init__(self, collector: Collector) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.collector = collector

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no error here."""


@contextmanager
def collecting() -> Generator[Collector]:
    """A collector on a port of its own."""
    collector = Collector()
    server = _Server(collector)
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.may_go.set()
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
