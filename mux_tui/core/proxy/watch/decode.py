"""What a proxy tells, out of JSON again.

It may be another version of mux that tells it: fields and events that are not known
are left out, and words that are not known become the nearest that is.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args

from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangeProgressed,
    ExchangesOpen,
    ExchangeStarted,
    ProxyEvent,
)
from mux_tui.core.exchange import (
    Cut,
    Exchange,
    ExchangeKind,
    ExchangeStatus,
    ProxyReason,
    ProxyRoute,
)
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_number,
    as_object,
    as_text,
    parse,
)

_LEAST_LEFT = 0.0


def event_in(data: bytes) -> ProxyEvent | None:
    """The event that these bytes are; None: they are none that is known."""
    try:
        return event_of(as_object(parse(data)))
    except NotJson:
        return None


def event_of(found: Mapping[str, Any]) -> ProxyEvent | None:
    """The event that this object is; None: it is none that is known."""
    match found.get("event"):
        case "exchanges_open":
            each = map(exchange_of, map(as_object, as_list(found.get("exchanges"))))
            return ExchangesOpen(tuple(one for one in each if one))
        case "exchange_started":
            exchange = exchange_of(found)
            return ExchangeStarted(exchange) if exchange else None
        case "exchange_ended":
            exchange = exchange_of(found)
            return ExchangeEnded(exchange) if exchange else None
        case "exchange_prefilled":
            return _prefilled(found)
        case "exchange_progressed":
            return _progressed(found)
        case _:
            return None


def exchange_of(found: Mapping[str, Any]) -> Exchange | None:
    """The exchange whose fields these are; None: it has no name."""
    if not as_text(found.get("id")):
        return None

    values = {
        name: read(found[name]) for name, read in _FIELDS.items() if name in found
    }
    exchange = Exchange(**values)
    if found.get("status") in get_args(ExchangeStatus) or "status" not in found:
        return exchange
    # A word of another version, or of the ledger: it is over, one way or the other.
    status: ExchangeStatus = "failed" if exchange.error else "done"
    return dataclasses.replace(exchange, status=status)


def _prefilled(found: Mapping[str, Any]) -> ExchangePrefilled | None:
    name = as_text(found.get("id"))
    tokens, total = as_count(found.get("tokens")), as_count(found.get("total"))
    if not name or tokens is None or total is None:
        return None

    left = as_number(found.get("seconds_left"))
    return ExchangePrefilled(
        name, tokens, total, None if left is None else max(left, _LEAST_LEFT)
    )


def _progressed(found: Mapping[str, Any]) -> ExchangeProgressed | None:
    name = as_text(found.get("id"))
    first = as_number(found.get("first_token_seconds"))
    seconds = as_number(found.get("seconds"))
    if not name or first is None or seconds is None:
        return None

    return ExchangeProgressed(name, as_count(found.get("tokens_out")), first, seconds)


def _word(words: tuple[str, ...], other: str, value: object) -> str:
    return value if isinstance(value, str) and value in words else other


def _a_count(value: object) -> int:
    return as_count(value) or 0


def _a_number(value: object) -> float:
    return as_number(value) or 0.0


def _is_true(value: object) -> bool:
    return value is True or value == 1


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in as_list(value) if isinstance(text, str))


def _cuts(value: object) -> tuple[Cut, ...]:
    return tuple(_cut(as_object(one)) for one in as_list(value))


def _cut(found: Mapping[str, Any]) -> Cut:
    before, after = _a_count(found.get("before")), _a_count(found.get("after"))
    return Cut(as_text(found.get("what")), as_text(found.get("why")), before, after)


_FIELDS: dict[str, Callable[[object], Any]] = {
    "id": as_text,
    "kind": partial(_word, get_args(ExchangeKind), "turn"),
    "status": partial(_word, get_args(ExchangeStatus), "done"),
    "session_id": as_text,
    "agent_id": as_text,
    "model_asked": as_text,
    "model": as_text,
    "streamed": _is_true,
    "route": partial(_word, get_args(ProxyRoute), "none"),
    "reason": partial(_word, get_args(ProxyReason), "local_preferred"),
    "sentence": as_text,
    "bytes_in": _a_count,
    "bytes_sent": _a_count,
    "cuts": _cuts,
    "tokens_sent": as_count,
    "tokens_counted": as_count,
    "tokens_cached": as_count,
    "tokens_out": as_count,
    "first_token_seconds": as_number,
    "seconds": _a_number,
    "stop_reason": as_text,
    "tool_calls": _a_count,
    "repairs": _a_count,
    "prefix_break": as_text,
    "http_status": _a_count,
    "error": as_text,
    "notes": _texts,
}
