"""A request through the proxy that has ended, as one span."""

from collections.abc import Iterator

from mux_tui.core import genai
from mux_tui.core.exchange import Exchange
from mux_tui.core.telemetry import words
from mux_tui.core.telemetry.facts import (
    ExchangeFacts,
    Measure,
    SpanFacts,
    Terms,
    Told,
    Value,
)
from mux_tui.core.telemetry.measures import first_chunk, lasted, tokens


def is_told(exchange: Exchange) -> bool:
    """Whether a model was asked for a user, and has done with it."""
    asked = exchange.kind == "turn" and exchange.route != "none"
    return asked and exchange.status != "running"


def told_of_exchange(facts: ExchangeFacts, terms: Terms) -> Told:
    """The span of a request and its measures."""
    exchange = facts.exchange
    model = words.name(exchange.model or exchange.model_asked)
    span = SpanFacts(
        id=exchange.id,
        name=f"{genai.CHAT} {model}".strip(),
        kind="client",
        started=facts.ended - max(exchange.seconds, 0.0),
        ended=facts.ended,
        attributes=words.known(_of_exchange(exchange, model, terms)),
        failed=exchange.status == "failed",
        failure=words.line(exchange.error) if terms.content else "",
    )
    return Told(span, tuple(_measures(exchange, span)))


def _of_exchange(
    exchange: Exchange, model: str, terms: Terms
) -> dict[str, Value | None]:
    here = exchange.route == "local"
    reason = words.name(exchange.stop_reason)
    return {
        genai.OPERATION: genai.CHAT,
        genai.PROVIDER: "local" if here else "anthropic",
        genai.REQUEST_MODEL: model,
        genai.RESPONSE_MODEL: words.name(exchange.model),
        genai.REQUEST_STREAM: exchange.streamed,
        genai.CONVERSATION_ID: words.name(exchange.session_id),
        genai.AGENT_ID: words.name(exchange.agent_id),
        genai.FINISH_REASONS: (reason,) if reason else None,
        genai.TIME_TO_FIRST_CHUNK: exchange.first_token_seconds,
        genai.INPUT_TOKENS: exchange.tokens_counted,
        genai.OUTPUT_TOKENS: exchange.tokens_out,
        genai.CACHE_READ_TOKENS: exchange.tokens_cached,
        genai.ERROR_TYPE: _error(exchange),
        genai.SERVER_ADDRESS: terms.address if here else None,
        genai.SERVER_PORT: terms.port if here and terms.address else None,
        "http.response.status_code": exchange.http_status,
        "mux.door": "proxy",
        "mux.exchange.id": exchange.id,
        "mux.model.asked": words.name(exchange.model_asked),
        "mux.route": exchange.route,
        "mux.reason": exchange.reason,
        "mux.status": exchange.status,
        "mux.bytes.in": exchange.bytes_in,
        "mux.bytes.sent": exchange.bytes_sent,
        "mux.cuts": len(exchange.cuts),
        "mux.tool_calls": exchange.tool_calls,
        "mux.repairs": exchange.repairs,
    }


def _error(exchange: Exchange) -> str:
    if exchange.status != "failed":
        return ""

    return str(exchange.http_status) if exchange.http_status >= 400 else "_OTHER"


def _measures(exchange: Exchange, span: SpanFacts) -> Iterator[Measure]:
    yield lasted(span, exchange.seconds)
    if exchange.streamed:
        yield from first_chunk(span, exchange.first_token_seconds)
    yield from tokens(span, exchange.tokens_counted, exchange.tokens_out)
