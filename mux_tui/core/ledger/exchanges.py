"""Requests through the proxy: facts into columns, columns into rows, pages of rows.

What a prompt or an answer said is never stored: its sizes, its counts, and the names
of what was cut.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mux_tui import __version__
from mux_tui.core.exchange import Cut, Exchange
from mux_tui.core.ledger.connection import Connection, Value, Values
from mux_tui.core.ledger.encode import as_text, safe
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.rows import read, select
from mux_tui.core.ledger.writer import Statement

_MOST_CUTS = 50
"""Cuts told one by one; the smaller ones are told together."""

_FIXED = ("exchange_id", "started_at")
"""What stays when a row is replaced."""


@dataclass(frozen=True)
class ExchangeRow:
    """One request as the ledger keeps it; fields are those of `Exchange`."""

    id: int
    """Dense and in the order of recording: pages are keyed by it."""

    exchange_id: str
    started_at: float
    """Seconds since 1970, UTC, by the clock of that moment."""

    kind: str
    status: str
    """A word of `Exchange`, or `interrupted`: its process ended before it did."""

    session_id: str | None
    agent_id: str | None
    model_asked: str | None
    model: str | None
    streamed: bool
    route: str
    reason: str
    sentence: str | None
    bytes_in: int
    bytes_sent: int
    cuts: list[Any]
    """Objects with `what`, `why`, `before`, `after`."""

    tokens_sent: int | None
    tokens_counted: int | None
    tokens_cached: int | None
    tokens_out: int | None
    first_token_seconds: float | None
    seconds: float
    stop_reason: str | None
    tool_calls: int
    repairs: int
    prefix_break: str | None
    http_status: int
    error: str | None
    notes: list[Any]
    mux_version: str


@dataclass(frozen=True)
class Arrived:
    """A request, and when it came."""

    exchange: Exchange
    at: float
    """Seconds since 1970, UTC."""


def put(arrived: Sequence[Arrived], owner: Owner, texts: bool) -> Statement:
    """The statement that inserts the requests, or replaces them where they are known.

    Args:
        arrived: At least one request, no two with one id; at most a thousand.
        owner: The process that serves them.
        texts: Whether words may be kept: errors, notes, and what broke a prefix.
    """
    rows = [_columns(one, owner, texts) for one in arrived]
    names = tuple(rows[0])
    marks = f"({', '.join('?' for _ in names)})"
    sets = ", ".join(
        f"{name} = excluded.{name}" for name in names if name not in _FIXED
    )
    sql = (
        f"INSERT INTO exchanges ({', '.join(names)})"
        f" VALUES {', '.join([marks] * len(rows))}"
        f" ON CONFLICT (exchange_id) DO UPDATE SET {sets} RETURNING id"
    )
    return sql, [value for row in rows for value in row.values()]


def _columns(arrived: Arrived, owner: Owner, texts: bool) -> Values:
    exchange = arrived.exchange
    words = {
        "prefix_break": exchange.prefix_break,
        "error": exchange.error,
        "notes": as_text(exchange.notes),
    }
    return safe(
        {
            "exchange_id": exchange.id,
            "started_at": arrived.at,
            "kind": exchange.kind,
            "status": exchange.status,
            "gen_ai_conversation_id": exchange.session_id or None,
            "gen_ai_agent_id": exchange.agent_id or None,
            "gen_ai_request_model": exchange.model_asked or None,
            "gen_ai_response_model": exchange.model or None,
            "streamed": int(exchange.streamed),
            "route": exchange.route,
            "reason": exchange.reason,
            "sentence": exchange.sentence or None,
            "bytes_in": exchange.bytes_in,
            "bytes_sent": exchange.bytes_sent,
            "cuts": as_text(_bounded(exchange.cuts)),
            "tool_calls": exchange.tool_calls,
            "repairs": exchange.repairs,
            "http_status": exchange.http_status,
            "mux_version": __version__,
            "owner_pid": owner.pid,
            "owner_started": owner.started,
        }
        | _measured(exchange)
        | {name: (text or None) if texts else None for name, text in words.items()}
    )


def _measured(exchange: Exchange) -> Values:
    seconds = exchange.seconds
    return {
        "tokens_sent": exchange.tokens_sent,
        "gen_ai_usage_input_tokens": exchange.tokens_counted,
        "gen_ai_usage_cache_read_input_tokens": exchange.tokens_cached,
        "gen_ai_usage_output_tokens": exchange.tokens_out,
        "gen_ai_response_time_to_first_chunk": exchange.first_token_seconds,
        # Not max(): what is no number must not become NULL.
        "duration": seconds if seconds > 0 else 0.0,
        "gen_ai_response_finish_reasons": exchange.stop_reason or None,
    }


def _bounded(cuts: tuple[Cut, ...]) -> tuple[Cut, ...]:
    if len(cuts) <= _MOST_CUTS:
        return cuts

    order = sorted(range(len(cuts)), key=lambda i: cuts[i].after - cuts[i].before)
    kept = sorted(order[: _MOST_CUTS - 1])
    rest = [cuts[i] for i in order[_MOST_CUTS - 1 :]]
    others = Cut(
        f"{len(rest)} smaller parts",
        "told together",
        sum(cut.before for cut in rest),
        sum(cut.after for cut in rest),
    )
    return (*(cuts[i] for i in kept), others)


async def page(
    reader: Connection, limit: int, before_id: int | None, session: str | None
) -> tuple[ExchangeRow, ...]:
    """The newest requests before `before_id`, newest first; one session's, or all."""
    conditions: list[str] = []
    values: list[Value] = []
    if session is not None:
        conditions.append("gen_ai_conversation_id = ?")
        values.append(session)
    if before_id is not None:
        conditions.append("id < ?")
        values.append(before_id)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT {select(ExchangeRow)} FROM exchanges {where}"
    rows = await reader.run(f"{sql} ORDER BY id DESC LIMIT ?", (*values, max(limit, 0)))
    return tuple(read(ExchangeRow, row) for row in rows)


async def running(reader: Connection) -> list[tuple[int, int, float]]:
    """Row id, owner's pid and owner's start of every request that has not ended."""
    rows: list[sqlite3.Row] = await reader.run(
        "SELECT id, owner_pid, owner_started FROM exchanges WHERE status = 'running'"
    )
    return [(row[0], row[1], row[2]) for row in rows]


def interrupted(row: int, pid: int) -> Statement:
    """The statement that marks a running row whose process is gone."""
    sql = (
        "UPDATE exchanges SET status = 'interrupted', error = ?"
        " WHERE id = ? AND status = 'running' RETURNING id"
    )
    return sql, (f"mux (process {pid}) ended before the request did", row)
