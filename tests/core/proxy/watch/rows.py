"""Requests and proxies as the tests of the watching see them."""

from typing import Any

import pytest

from mux_tui.core.exchange import Exchange
from mux_tui.core.ledger.exchanges import ExchangeRow
from mux_tui.core.proxy.process.status import ProxyStatus

NOON = 1_780_000_000.0
"""A moment, in seconds since 1970."""


def exchange(name: str = "e-1", **facts: Any) -> Exchange:
    """A request that went to the local model."""
    known: dict[str, Any] = {
        "model": "tiny",
        "bytes_in": 41_200,
        "bytes_sent": 7900,
        "sentence": "stays local",
    }
    return Exchange(name, **(known | facts))


def done(name: str = "e-1", **facts: Any) -> Exchange:
    """The same, answered."""
    known: dict[str, Any] = {
        "status": "done",
        "tokens_sent": 2133,
        "tokens_counted": 2133,
        "tokens_cached": 1964,
        "tokens_out": 97,
        "first_token_seconds": 0.5,
        "seconds": 2.0,
        "stop_reason": "tool_use",
        "tool_calls": 1,
    }
    return exchange(name, **(known | facts))


def row_of(one: Exchange, number: int = 1, at: float = NOON) -> ExchangeRow:
    """What the ledger keeps of a request."""
    facts: dict[str, Any] = dict(vars(one))
    facts |= {
        "id": number,
        "exchange_id": facts.pop("id"),
        "started_at": at,
        "mux_version": "0",
        "cuts": [vars(cut) for cut in one.cuts],
        "notes": list(one.notes),
    }
    return ExchangeRow(
        **{n: facts[n] for n in ("id", "exchange_id")},
        **{n: v for n, v in facts.items() if n not in ("id", "exchange_id")},
    )


def running(instance: str = "one", **facts: Any) -> ProxyStatus:
    """A proxy that answers."""
    known: dict[str, Any] = {
        "pid": 4711,
        "port": 3456,
        "url": "http://127.0.0.1:3456",
        "instance": instance,
        "since": "2026-05-28T20:00:00+00:00",
        "uptime_seconds": 60.0,
        "open_requests": 0,
        "served": 0,
        "model": "tiny",
        "model_status": "ready",
    }
    return ProxyStatus("running", "It is ready.", **(known | facts))


def about(number: float) -> Any:
    """Nearly this number."""
    return pytest.approx(number, abs=0.01)  # pyright: ignore[reportUnknownMemberType]


STOPPED = ProxyStatus("stopped", "No proxy is running.")
