"""Reading the rows that a `Where` asks for, in steps that are never long."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mux_tui.core.ledger.connection import Connection
from mux_tui.core.ledger.rows import RunRow, read, select
from mux_tui.core.ledger.where import FIRST, LAST, Where

# Each on its own is read off an index; together they would be a scan.
_BOUNDS = (
    "SELECT (SELECT min(id) FROM runs), (SELECT max(id) FROM runs),"
    " (SELECT count(*) FROM runs)"
)
_BEGAN = "SELECT min(id), max(id) FROM runs INDEXED BY runs_by_start WHERE"
_OPEN = (
    "SELECT id FROM runs INDEXED BY runs_by_status WHERE status = 'running'"
    " ORDER BY id DESC LIMIT ?"
)


@dataclass(frozen=True)
class Bounds:
    """The ids of all runs."""

    first: int
    last: int
    count: int

    @property
    def dense(self) -> bool:
        """Whether no id between the first and the last is missing."""
        return self.count == self.last - self.first + 1


@dataclass(frozen=True)
class Chunk:
    """Some ids, newest first, and where to go on."""

    ids: tuple[int, ...]
    below: int
    """Ids from this one on were looked at; `FIRST`: all of them."""


async def bounds(reader: Connection) -> Bounds:
    """The ids of all runs; without any, the first is 1 and the last 0."""
    first, last, count = (await reader.run(_BOUNDS))[0]
    return Bounds(first, last, count) if count else Bounds(1, 0, 0)


async def resolved(reader: Connection, where: Where) -> Where:
    """The same, with the times as ids: the cost of a query is then that of its days."""
    if where.since is None and where.until is None:
        return where

    sql, values = f"{_BEGAN} started_at >= ?", [where.since or 0.0]
    if where.until is not None:
        sql, values = f"{sql} AND started_at < ?", [*values, where.until]
    low, high = (await reader.run(sql, values))[0]
    if low is None:
        low, high = (await bounds(reader)).last + 1, FIRST
    # What begins later has a larger id.
    return replace(where, low=low, high=LAST if where.until is None else high)


async def ids(
    reader: Connection,
    where: Where,
    below: int,
    above: int,
    limit: int,
    *,
    ascending: bool = False,
) -> tuple[int, ...]:
    """Ids between the two, newest first or oldest first."""
    statement = where.statement(below, above, limit, ascending=ascending)
    return tuple(row[0] for row in await reader.run(*statement))


async def chunk(
    reader: Connection, where: Where, below: int, above: int, span: int
) -> Chunk:
    """The next older ids, by a step that looks at `span` rows at most."""
    floor = max(above, where.low - 1)
    below = min(below, where.high + 1)
    if where.direct:
        found = await ids(reader, where, below, floor, span)
        return Chunk(found, found[-1] if len(found) == span else FIRST)

    bottom = max(below - span - 1, floor)
    found = await ids(reader, where, below, bottom, span)
    # Over a gap in the ids, should there be one, and to the end of them.
    top = "SELECT max(id) FROM runs WHERE id <= ?"
    older = (await reader.run(top, (bottom,)))[0][0]
    if older is None or older <= floor:
        return Chunk(found, FIRST)
    return Chunk(found, (bottom if found else older) + 1)


async def matching(
    reader: Connection, where: Where, some: Sequence[int]
) -> tuple[int, ...]:
    """Those of a few ids that match now."""
    return tuple(
        [id for id in some if await ids(reader, where, id + 1, id - 1, 1)],
    )


async def rows(reader: Connection, some: Sequence[int]) -> dict[int, RunRow]:
    """The runs of these ids, as far as they are there."""
    marks = ", ".join("?" for _ in some)
    sql = f"SELECT {select(RunRow)} FROM runs WHERE id IN ({marks})"
    return {row["id"]: read(RunRow, row) for row in await reader.run(sql, some)}


async def running(reader: Connection, limit: int) -> tuple[int, ...]:
    """The newest runs that have not ended."""
    return tuple(row[0] for row in await reader.run(_OPEN, (limit,)))
