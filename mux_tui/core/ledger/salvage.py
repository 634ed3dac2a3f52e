"""Reading a damaged table: from both ends, and row by row in between."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from mux_tui.core.errors import LedgerError
from mux_tui.core.ledger.connection import Connection, Value

Row = dict[str, Value]

_STEP = 200
_MOST_MISSES = 5_000
"""Where the end of a table is not known: rows in a row that are not there."""


@dataclass(frozen=True)
class Some:
    """Some rows of a table."""

    rows: tuple[Row, ...] = ()
    unreadable: int = 0
    """Rows that must have been among them."""


async def readable_rows(source: Connection, table: str) -> AsyncIterator[Some]:
    """The rows of a table that can be read, a few at a time, each of them once.

    Args:
        source: The damaged database.
        table: One with a whole number as its key, or a small one.
    """
    low = high = None
    async for rows in _from_one_end(source, table, "ASC"):
        yield Some(rows)
        low = _key(rows[-1])
    # Below this nothing is missing, if the table came to its end.
    if await _ended(source, table, low):
        return

    async for rows in _from_one_end(source, table, "DESC", low):
        yield Some(rows)
        high = _key(rows[-1])
    async for some in _between(source, table, low, high):
        yield some


def _key(row: Row) -> int:
    key = row.get("_key")
    return key if isinstance(key, int) else 0


async def _from_one_end(
    source: Connection, table: str, order: str, above: int | None = None
) -> AsyncIterator[tuple[Row, ...]]:
    last: int | None = None
    step = _STEP
    while True:
        conditions = ["true"]
        values: list[Value] = []
        if last is not None:
            conditions.append("rowid > ?" if order == "ASC" else "rowid < ?")
            values.append(last)
        if above is not None:
            conditions.append("rowid > ?")
            values.append(above)
        try:
            rows = await _select(
                source, table, " AND ".join(conditions), order, step, values
            )
        except LedgerError:
            if step == 1:
                return
            step = 1
            continue
        if not rows:
            return
        yield rows
        last = _key(rows[-1])


async def _ended(source: Connection, table: str, low: int | None) -> bool:
    condition = "true" if low is None else "rowid > ?"
    values = [] if low is None else [low]
    try:
        return not await _select(source, table, condition, "ASC", 1, values)
    except LedgerError:
        return False


async def _between(
    source: Connection, table: str, low: int | None, high: int | None
) -> AsyncIterator[Some]:
    """Those between two keys, one by one; without an upper one as far as there are."""
    key = 0 if low is None else low
    misses = 0
    while (high is None or key < high - 1) and misses < _MOST_MISSES:
        key += 1
        misses += 1
        try:
            rows = await _select(source, table, "rowid = ?", "ASC", 1, [key])
        except LedgerError:
            if high is not None:
                misses = 0
                yield Some(unreadable=1)
            continue
        if rows:
            misses = 0
            yield Some(rows)


async def _select(
    source: Connection,
    table: str,
    condition: str,
    order: str,
    limit: int,
    values: Sequence[Value],
) -> tuple[Row, ...]:
    rows = await source.run(
        f"SELECT rowid AS _key, * FROM {table} WHERE {condition}"
        f" ORDER BY rowid {order} LIMIT {limit}",
        values,
    )
    return tuple({name: row[name] for name in row.keys()} for row in rows)
