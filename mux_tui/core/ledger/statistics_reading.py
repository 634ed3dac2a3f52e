"""Reading what statistics are made of, a little at a time."""

import sqlite3
from dataclasses import replace

from mux_tui.core.ledger.connection import Connection
from mux_tui.core.ledger.statistics import Facets, Statistics, Tally
from mux_tui.core.ledger.where import ESCALATED, FIRST, LAST, Clause, Where

_STEP = 1_000
"""Runs of one step: whoever shares the event loop gets a turn after each."""

_TOKENS = (
    "coalesce(r.gen_ai_usage_input_tokens, 0)"
    " + coalesce(r.gen_ai_usage_output_tokens, 0)"
)
# Only for those that left: what the local model's last answer was trusted by.
_DOUBTED = (
    "(SELECT confidence FROM attempts WHERE run = r.id AND route = 'local'"
    " ORDER BY number DESC LIMIT 1)"
)
_COLUMNS = (
    "r.id, r.started_at, r.status, r.route, r.reason, r.verdict, r.kind,"
    f" {ESCALATED},"
    f" CASE WHEN {ESCALATED} THEN {_DOUBTED} ELSE r.confidence END, r.duration,"
    f" r.cost_usd, {_TOKENS}, r.gen_ai_usage_input_tokens,"
    " r.gen_ai_usage_cache_read_input_tokens, r.gen_ai_usage_output_tokens,"
    " r.gen_ai_response_model, coalesce(r.repository, r.cwd), r.label"
)


_NO_REPLAY = ("r.replay_of IS NULL", ())
_REPLAY = ("r.replay_of IS NOT NULL", ())


async def statistics(
    reader: Connection, where: Where, most: int, *, replays: bool = False
) -> Statistics:
    """What the newest `most` runs that match add up to.

    Args:
        reader: Where they are.
        where: Which runs.
        most: How many of the newest are looked at.
        replays: Whether replays are counted like other runs; else they are only told
            beside them.

    Raises:
        LedgerError: They could not be read.
    """
    tally = Tally()
    if not replays:
        told = (await reader.run(*of_replays(where, most)))[0]
        tally.replays, tally.replays_cost_usd = told[0], told[1]
        where = replace(where, clauses=(*where.clauses, _NO_REPLAY))
    below = LAST
    while tally.runs <= most:
        limit = min(_STEP, most + 1 - tally.runs)
        found = await reader.run(*where.statement(below, FIRST, limit, _COLUMNS))
        for row in found[: most - tally.runs]:
            tally.add(_facets(row))
        if len(found) < limit:
            return tally.result(complete=True)
        if tally.runs == most:
            break
        below = found[-1][0]

    return tally.result(complete=False)


def of_replays(where: Where, most: int) -> Clause:
    """SQL for how many replays match, up to `most`, and what they cost."""
    only = replace(where, clauses=(*where.clauses, _REPLAY))
    if not where.match:
        # There are few: their own index spares a look at every run.
        only = replace(only, word="replay")
    sql, values = only.statement(LAST, FIRST, most, "r.cost_usd AS cost")
    return f"SELECT count(*), total(cost) FROM ({sql})", values


def _facets(row: sqlite3.Row) -> Facets:
    _, started, status, route, reason, verdict, kind, escalated, *rest = row
    confidence, seconds, cost, tokens, read, cached, written = map(_number, rest[:7])
    model, place, label = map(_word, rest[7:])
    return Facets(
        _number(started) or 0.0,
        str(status),
        _word(route),
        _word(reason),
        _word(verdict),
        confidence,
        seconds,
        cost or 0.0,
        int(tokens or 0),
        bool(escalated),
        _word(kind),
        model,
        place,
        label,
        None if read is None else int(read),
        int(cached or 0),
        int(written or 0),
    )


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    """SQLite lets anybody put anything into any column."""
    return value if isinstance(value, int | float) else None
