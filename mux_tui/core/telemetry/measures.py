"""What is measured of one answer of a model."""

from collections.abc import Iterator

from mux_tui.core import genai
from mux_tui.core.telemetry.facts import Attributes, Measure, SpanFacts

_TOLD = (
    genai.OPERATION,
    genai.PROVIDER,
    genai.REQUEST_MODEL,
    genai.RESPONSE_MODEL,
    genai.SERVER_ADDRESS,
    genai.SERVER_PORT,
)
"""Each combination of values is a series of its own: only what has few."""


def lasted(span: SpanFacts, seconds: float) -> Measure:
    """How long the model was at work."""
    told = dict(_common(span))
    if genai.ERROR_TYPE in span.attributes:
        told[genai.ERROR_TYPE] = span.attributes[genai.ERROR_TYPE]
    return Measure(genai.METRIC_DURATION, max(seconds, 0.0), told)


def first_chunk(span: SpanFacts, seconds: float | None) -> Iterator[Measure]:
    """How long until its answer began; nothing, where that is not known."""
    if seconds is not None:
        yield Measure(genai.METRIC_FIRST_CHUNK, max(seconds, 0.0), _common(span))


def tokens(span: SpanFacts, read: int | None, written: int | None) -> Iterator[Measure]:
    """How many tokens it read and wrote, as far as it has told."""
    for kind, count in (("input", read), ("output", written)):
        if count is not None and count >= 0:
            told = {**_common(span), genai.TOKEN_TYPE: kind}
            yield Measure(genai.METRIC_TOKENS, count, told)


def _common(span: SpanFacts) -> Attributes:
    return {key: span.attributes[key] for key in _TOLD if key in span.attributes}
