"""What is told, as spans and metrics of OpenTelemetry's SDK, and to the collector.

The one module that imports OpenTelemetry. Nothing of the SDK runs by itself here: no
thread, no timer, no hook at the end of the process. Whoever calls `deliver` waits.
"""

import hashlib
from collections.abc import Callable, Sequence

from google.protobuf.message import DecodeError
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Histogram
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.metrics import Histogram as HistogramKind
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    InMemoryMetricReader,
    MetricExporter,
    MetricExportResult,
)
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.version import __version__ as sdk_version
from opentelemetry.trace import (
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    set_span_in_context,
)

from mux_tui import __version__
from mux_tui.core import genai
from mux_tui.core.telemetry.facts import Measure, SpanFacts, Told
from mux_tui.core.telemetry.session import CollectorSession
from mux_tui.core.telemetry.target import Target
from mux_tui.core.telemetry.undelivered import Undelivered
from mux_tui.core.text import one_line

_SCOPE = "mux"
_NO_METRICS = (404, 405, 501)
_KINDS = {"internal": SpanKind.INTERNAL, "client": SpanKind.CLIENT}
_SECONDS = [0.01 * 2**n for n in range(14)]
_TOKENS = [4**n for n in range(14)]
_METRICS = {
    genai.METRIC_TOKENS: ("{token}", "Tokens read and written", _TOKENS),
    genai.METRIC_DURATION: ("s", "How long a model was at work", _SECONDS),
    genai.METRIC_FIRST_CHUNK: ("s", "How long until an answer began", _SECONDS),
    genai.METRIC_AGENT_DURATION: ("s", "How long a task took", _SECONDS),
}
"""Unit, meaning, and the bounds of the buckets, which the conventions ask for."""


class Exporter:
    """Sends to one collector; for one thread."""

    def __init__(self, target: Target) -> None:
        """Make one; nothing is connected yet.

        Raises:
            Undelivered: Variables that OpenTelemetry reads by itself are wrong.
        """
        self._target = target
        self._session = CollectorSession(target)
        self._metrics_wanted = target.metrics
        try:
            resource = _resource(target)
            self._spans = _Spans(resource)
            self._out: SpanExporter = OTLPSpanExporter(
                endpoint=f"{target.endpoint}/v1/traces",
                timeout=target.timeout,
                session=self._session,
            )
            self._metrics = _Metrics(target, self._session, resource)
        except ValueError as error:
            raise Undelivered(
                f"OpenTelemetry's packages say: {one_line(str(error), 200)}",
                "Look at the variables that begin with OTEL_",
                again=False,
            ) from error

    def deliver(self, told: Sequence[Told]) -> None:
        """Send it, and wait until it is taken.

        Raises:
            Undelivered: It was not; the same may be given again if it says so.
        """
        spans = [span for one in told for span in self._spans.of(one.span)]
        if spans:
            self._send(lambda: self._out.export(spans))
        if self._metrics_wanted:
            self._deliver_metrics([m for one in told for m in one.measures])

    def probe(self) -> None:
        """Send an empty delivery, which tells whether a collector answers.

        Raises:
            Undelivered: None does.
        """
        try:
            self._send(lambda: self._out.export([]))
        except Undelivered as failure:
            # Some refuse an empty one, and by that show that they are there.
            if failure.status != 400:
                raise

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _deliver_metrics(self, measures: Sequence[Measure]) -> None:
        try:
            self._send(lambda: self._metrics.export(measures))
        except Undelivered as failure:
            # The traces were taken, and are not sent again.
            if failure.status not in _NO_METRICS:
                raise Undelivered(failure.why, failure.next_step, again=False) from None

            self._metrics_wanted = False
            raise Undelivered(
                f"{self._target.shown} takes no metrics ({failure.status})",
                "mux config set telemetry.metrics false",
                again=False,
            ) from None

    def _send(self, export: Callable[[], object]) -> None:
        """Let an exporter send; it tells only that it failed, the session why."""
        self._session.reset()
        result = export()
        if self._session.failure is not None:
            raise self._session.failure
        if result in (SpanExportResult.FAILURE, MetricExportResult.FAILURE):
            raise Undelivered("it could not be put into OTLP", again=False)

        try:
            answer = ExportTraceServiceResponse.FromString(self._session.answer)
        except DecodeError:
            # Some answer in JSON, or in words, to what they have taken.
            return

        # Spans and data points are counted in the same place.
        if lost := answer.partial_success.rejected_spans:
            why = one_line(answer.partial_success.error_message, 200)
            said = f"{self._target.shown} rejected {lost} of what was sent"
            raise Undelivered(f"{said}: {why}" if why else said, again=False)


class _Spans(SpanProcessor):
    """Makes spans of the SDK's, whose times and ids are those of the facts."""

    def __init__(self, resource: Resource) -> None:
        self._ids = _Ids()
        provider = TracerProvider(
            resource=resource, shutdown_on_exit=False, id_generator=self._ids
        )
        provider.add_span_processor(self)
        self._tracer: Tracer = provider.get_tracer(_SCOPE, __version__)
        self._ended: list[ReadableSpan] = []

    def of(self, facts: SpanFacts) -> list[ReadableSpan]:
        """The span and those within it."""
        self._ended = []
        self._make(facts, None)
        return self._ended

    def on_end(self, span: ReadableSpan) -> None:
        """Keep it."""
        self._ended.append(span)

    def _make(self, facts: SpanFacts, parent: Span | None) -> None:
        self._ids.next = facts.id
        span = self._tracer.start_span(
            facts.name,
            context=None if parent is None else set_span_in_context(parent),
            kind=_KINDS[facts.kind],
            attributes=facts.attributes,
            start_time=_nanoseconds(facts.started),
        )
        for event in facts.events:
            at = _nanoseconds(event.at)
            span.add_event(event.name, event.attributes, timestamp=at)
        for child in facts.children:
            self._make(child, span)
        if facts.failed:
            span.set_status(Status(StatusCode.ERROR, facts.failure or None))
        span.end(_nanoseconds(max(facts.ended, facts.started)))


class _Ids(IdGenerator):
    """Ids made of names: what is sent twice is the same span twice."""

    next = ""

    def generate_trace_id(self) -> int:
        """The trace that the next span begins."""
        return self._number("trace", 16)

    def generate_span_id(self) -> int:
        """The next span."""
        return self._number("span", 8)

    def _number(self, what: str, size: int) -> int:
        digest = hashlib.sha256(f"{what} {self.next}".encode(errors="replace"))
        return int.from_bytes(digest.digest()[:size], "big") or 1


class _Metrics:
    """Adds values up, and sends the sums."""

    def __init__(
        self, target: Target, session: CollectorSession, resource: Resource
    ) -> None:
        kind = AggregationTemporality.DELTA
        self._reader = InMemoryMetricReader(
            {HistogramKind: kind} if target.delta else {}
        )
        provider = MeterProvider([self._reader], resource, shutdown_on_exit=False)
        meter = provider.get_meter(_SCOPE, __version__)
        self._histograms: dict[str, Histogram] = {
            name: meter.create_histogram(
                name, unit, meaning, explicit_bucket_boundaries_advisory=bounds
            )
            for name, (unit, meaning, bounds) in _METRICS.items()
        }
        self._out: MetricExporter = OTLPMetricExporter(
            endpoint=f"{target.endpoint}/v1/metrics",
            timeout=target.timeout,
            session=session,
        )

    def export(self, measures: Sequence[Measure]) -> object:
        """Send the sums with these values; gives what the exporter says."""
        for one in measures:
            self._histograms[one.metric].record(one.value, one.attributes)
        data = self._reader.get_metrics_data()
        return None if data is None else self._out.export(data)  # pyright: ignore[reportUnknownMemberType]


def _nanoseconds(seconds: float) -> int:
    return max(round(seconds * 1e9), 0)


def _resource(target: Target) -> Resource:
    """Who sends.

    Without the detectors that a variable can name: they tell the machine, its user and
    the command line.
    """
    own = {
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": sdk_version,
        "service.name": target.service_name,
        "service.version": __version__,
    }
    return OTELResourceDetector().detect().merge(Resource(own))
