"""Deleting old runs and requests, a few at a time.

What is deleted is overwritten in the file (`secure_delete`); that the search index
forgets its words for good takes a `vacuum`. The files that a run has changed can be
taken back for as long as `workflow.keep_days` says, whether its row is there or not.
"""

from dataclasses import dataclass

from mux_tui.core.ledger.connection import Connection
from mux_tui.core.ledger.writer import Statement, Writer

_BATCH = 200
_EVERY = 86_400.0
"""Seconds between two looks for old rows."""

_OF = {
    "runs": "started_at < ? AND status <> 'running'",
    "exchanges": "started_at < ? AND status <> 'running'",
}


@dataclass(frozen=True)
class Old:
    """Rows that are too old, or were."""

    runs: int = 0
    requests: int = 0
    """Requests through the proxy."""


async def due(reader: Connection, now: float) -> bool:
    """Whether nobody has looked for old rows for a day."""
    sql = "SELECT done_at FROM upkeep WHERE name = 'retention'"
    rows = await reader.run(sql)
    # A clock that was set back must not put it off for years.
    return not rows or not 0 <= now - rows[0][0] < _EVERY


async def done(writer: Writer, now: float) -> None:
    """Remember that no old row is left."""
    sql = "INSERT OR REPLACE INTO upkeep VALUES ('retention', ?) RETURNING name"
    await writer.write((sql, (now,)))


async def old(reader: Connection, before: float) -> Old:
    """How many rows began before a time, in seconds since 1970, and have ended."""
    counts = [
        await reader.number(f"SELECT count(*) FROM {table} WHERE {which}", (before,))
        for table, which in _OF.items()
    ]
    return Old(*counts)


async def prune(writer: Writer, before: float) -> Old:
    """Delete those rows; the lock is free between any two batches."""
    await writer.write(("PRAGMA secure_delete = ON", ()))
    return Old(*[await _emptied(writer, table, before) for table in _OF])


async def _emptied(writer: Writer, table: str, before: float) -> int:
    some = f"SELECT id FROM {table} WHERE {_OF[table]} ORDER BY started_at LIMIT ?"
    sql = f"DELETE FROM {table} WHERE id IN ({some}) RETURNING id"
    delete: Statement = sql, (before, _BATCH)
    deleted = 0
    while count := await writer.write(delete):
        deleted += count
    return deleted
