"""Reading the ledger.

Pages go by key, never by offset: the cost of a page does not grow with the ledger.
Every query is read to its end at once, so that no reader holds up a checkpoint.
"""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from mux_tui.core.errors import UsageError
from mux_tui.core.ledger.connection import Connection, Value
from mux_tui.core.ledger.rows import (
    AttemptRow,
    Failure,
    FileRow,
    FindingRow,
    RunDetail,
    RunRow,
    Summary,
    read,
    select,
)

_REFERENCE = re.compile(r"[a-z0-9-]{1,64}")
_CANDIDATES = 5
_FAILURES = 5
_FAILED = ("failed", "declined", "interrupted")

# Two counts that an index answers, rather than one that reads the rows.
_TOTAL = (
    "SELECT (SELECT count(*) FROM runs)"
    " - (SELECT count(*) FROM runs WHERE replay_of IS NOT NULL)"
)

Filter = Literal["route", "status"]

Child = TypeVar("Child", AttemptRow, FileRow, FindingRow)


async def recent(
    reader: Connection,
    limit: int,
    before_id: int | None,
    by: Filter | None,
    value: str,
) -> tuple[RunRow, ...]:
    """The newest runs before `before_id`, newest first; `by` keeps one word only."""
    conditions: list[str] = []
    values: list[Value] = []
    if by is not None:
        conditions.append(f"{by} = ?")
        values.append(value)
    if before_id is not None:
        conditions.append("id < ?")
        values.append(before_id)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT {select(RunRow)} FROM runs {where} ORDER BY id DESC LIMIT ?"
    rows = await reader.run(sql, (*values, max(limit, 0)))
    return tuple(read(RunRow, row) for row in rows)


async def get(reader: Connection, reference: str) -> RunDetail | None:
    """The run with that id, or the only one whose id begins like that.

    Raises:
        UsageError: Several ids begin like that.
    """
    prefix = reference.strip().lower()
    if not _REFERENCE.fullmatch(prefix):
        return None

    rows = await reader.run(
        f"SELECT {select(RunDetail)} FROM runs WHERE run_id >= ? AND run_id < ?"
        " ORDER BY run_id LIMIT ?",
        (prefix, prefix + "~", _CANDIDATES + 1),
    )
    if len(rows) > 1:
        raise _ambiguous(prefix, rows)

    return (await _with_children(reader, rows))[0] if rows else None


def _ambiguous(prefix: str, rows: list[sqlite3.Row]) -> UsageError:
    ids = [str(row["run_id"]) for row in rows]
    more = ", …" if len(ids) > _CANDIDATES else ""
    return UsageError(
        f"more than one run begins with {prefix}",
        ", ".join(ids[:_CANDIDATES]) + more,
        "Give more of the run's id",
    )


async def details(
    reader: Connection, after_id: int, limit: int
) -> tuple[RunDetail, ...]:
    """The runs after `after_id` in full, oldest first."""
    rows = await reader.run(
        f"SELECT {select(RunDetail)} FROM runs WHERE id > ? ORDER BY id LIMIT ?",
        (after_id, limit),
    )
    return await _with_children(reader, rows)


async def details_of(reader: Connection, ids: Sequence[int]) -> tuple[RunDetail, ...]:
    """The runs of these ids in full, oldest first, as far as they are there."""
    marks = ", ".join("?" for _ in ids)
    rows = await reader.run(
        f"SELECT {select(RunDetail)} FROM runs WHERE id IN ({marks}) ORDER BY id", ids
    )
    return await _with_children(reader, rows)


async def _with_children(
    reader: Connection, rows: list[sqlite3.Row]
) -> tuple[RunDetail, ...]:
    if not rows:
        return ()

    ids = [row["id"] for row in rows]
    attempts = await _children(reader, AttemptRow, "attempts", ids)
    files = await _children(reader, FileRow, "files", ids)
    findings = await _children(reader, FindingRow, "findings", ids)
    replays = await _replays(reader, [row["run_id"] for row in rows])
    return tuple(
        replace(
            read(RunDetail, row),
            attempts=tuple(attempts[row["id"]]),
            changes=tuple(files[row["id"]]),
            findings=tuple(findings[row["id"]]),
            replays=tuple(replays[row["run_id"]]),
        )
        for row in rows
    )


async def _replays(
    reader: Connection, run_ids: Sequence[str]
) -> defaultdict[str, list[str]]:
    """The runs that repeat each of some runs, oldest first."""
    marks = ", ".join("?" for _ in run_ids)
    sql = f"SELECT replay_of, run_id FROM runs WHERE replay_of IN ({marks}) ORDER BY id"
    found: defaultdict[str, list[str]] = defaultdict(list)
    for of, run_id in await reader.run(sql, run_ids):
        found[of].append(run_id)
    return found


async def _children(
    reader: Connection, kind: type[Child], table: str, ids: Sequence[int]
) -> defaultdict[int, list[Child]]:
    """What a table has on each of some runs, in its order."""
    marks = ", ".join("?" for _ in ids)
    sql = f"SELECT run, {select(kind)} FROM {table} WHERE run IN ({marks})"
    found: defaultdict[int, list[Child]] = defaultdict(list)
    for row in await reader.run(f"{sql} ORDER BY run, number", ids):
        found[row["run"]].append(read(kind, row))
    return found


async def running(reader: Connection) -> list[tuple[int, int, float]]:
    """Row id, owner's pid and owner's start of every run that has not ended."""
    rows = await reader.run(
        "SELECT id, owner_pid, owner_started FROM runs WHERE status = 'running'"
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def summary(reader: Connection, last: int) -> Summary:
    """The newest `last` runs at a glance, without replays."""
    rows = await reader.run(
        "SELECT id, run_id, started_at, status, route, reason, sentence FROM runs"
        " WHERE replay_of IS NULL ORDER BY id DESC LIMIT ?",
        (max(last, 0),),
    )
    newest = rows[0] if rows else None
    done = [row["route"] for row in rows if row["status"] == "done"]
    failures = [
        Failure(row["run_id"], row["status"], row["reason"], row["sentence"])
        for row in rows
        if row["status"] in _FAILED
    ]
    return Summary(
        total=await reader.number(_TOTAL),
        considered=len(rows),
        last_run_id=newest["run_id"] if newest else None,
        last_started_at=newest["started_at"] if newest else None,
        last_status=newest["status"] if newest else None,
        last_route=newest["route"] if newest else None,
        route_counts=dict(Counter(row["route"] or "none" for row in rows)),
        status_counts=dict(Counter(row["status"] for row in rows)),
        failures=tuple(failures[:_FAILURES]),
        local_share=done.count("local") / len(done) if done else None,
    )
