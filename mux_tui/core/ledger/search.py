"""Looking for runs: pages, counts, numbered lists, changes, statistics.

A page costs the same wherever it is and however large the ledger: pages go by key,
never by offset, and nothing is counted to its end unless asked.
"""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from mux_tui.core.ledger import queries, selection
from mux_tui.core.ledger.connection import Connection
from mux_tui.core.ledger.listing import Listing
from mux_tui.core.ledger.query import EVERYTHING, Part, Query
from mux_tui.core.ledger.rows import RunDetail, RunRow
from mux_tui.core.ledger.statistics import MOST_RUNS, Statistics
from mux_tui.core.ledger.statistics_reading import statistics
from mux_tui.core.ledger.where import FIRST, LAST, Where, compiled

_COUNTED = 10_000
_DETAILS = 50
"""Runs in full that are in memory together."""


@dataclass(frozen=True)
class Count:
    """How many runs match."""

    runs: int
    exact: bool
    """False: there are more than `runs`."""

    def __str__(self) -> str:
        """`1,284`, or `10,000+`."""
        return f"{self.runs:,}{'' if self.exact else '+'}"


class Search:
    """Reads runs by query; `Ledger.search`."""

    def __init__(self, reader: Connection) -> None:
        """Read through `reader`."""
        self._reader = reader

    async def page(
        self,
        query: Query = EVERYTHING,
        limit: int = 50,
        *,
        before_id: int | None = None,
        after_id: int | None = None,
        now: float | None = None,
    ) -> tuple[RunRow, ...]:
        """A page of runs, newest first.

        Args:
            query: Which runs.
            limit: Most rows.
            before_id: Only older ones: the last id of the page before, going down.
            after_id: Only newer ones, those next to it: the first id, going up.
            now: What `7d` is counted from, in seconds since 1970; None: the clock.

        Raises:
            LedgerError: It could not be read.
        """
        up = after_id is not None
        some = await selection.ids(
            self._reader,
            await self._where(query, now),
            LAST if before_id is None else before_id,
            FIRST if after_id is None else after_id,
            limit,
            ascending=up,
        )
        found = await selection.rows(self._reader, some)
        return tuple(found[id] for id in sorted(some, reverse=True) if id in found)

    async def count(
        self, query: Query = EVERYTHING, most: int = _COUNTED, now: float | None = None
    ) -> Count:
        """How many runs match, counted no further than `most`.

        Raises:
            LedgerError: It could not be read.
        """
        sql, values = (await self._where(query, now)).statement(LAST, FIRST, most + 1)
        counted = await self._reader.number(f"SELECT count(*) FROM ({sql})", values)
        return Count(min(counted, most), counted <= most)

    async def total(self) -> int:
        """How many runs there are.

        Raises:
            LedgerError: It could not be read.
        """
        return (await selection.bounds(self._reader)).count

    async def listing(
        self, query: Query = EVERYTHING, now: float | None = None
    ) -> Listing:
        """The runs of the query as numbered rows; the first of them are there.

        Raises:
            LedgerError: It could not be read.
        """
        return await Listing.of(self._reader, query, _clock(now))

    async def rows(self, ids: Sequence[int]) -> dict[int, RunRow]:
        """The runs of these ids, as far as they are there.

        Raises:
            LedgerError: They could not be read.
        """
        return await selection.rows(self._reader, ids)

    async def detail(self, id: int) -> RunDetail | None:
        """The run of that id in full; None: there is none.

        Raises:
            LedgerError: It could not be read.
        """
        found = await queries.details_of(self._reader, (id,))
        return found[0] if found else None

    async def full(self, ids: Sequence[int]) -> tuple[RunDetail, ...]:
        """The runs of these ids in full, oldest first, as far as they are there.

        Raises:
            LedgerError: They could not be read.
        """
        return await queries.details_of(self._reader, ids)

    async def details(
        self, query: Query = EVERYTHING, now: float | None = None
    ) -> AsyncIterator[RunDetail]:
        """The runs of the query in full, oldest first, a few at a time.

        Raises:
            LedgerError: They could not be read.
        """
        where = await self._where(query, now)
        last = FIRST
        while some := await selection.ids(
            self._reader, where, LAST, last, _DETAILS, ascending=True
        ):
            for run in await queries.details_of(self._reader, some):
                yield run
            last = some[-1]

    async def statistics(
        self,
        query: Query = EVERYTHING,
        most: int = MOST_RUNS,
        now: float | None = None,
    ) -> Statistics:
        """What the newest runs of the query add up to.

        Replays are counted only where the query speaks of them.

        Args:
            query: Which runs.
            most: How many of the newest are looked at; the rest is left out.
            now: What `7d` is counted from.

        Raises:
            LedgerError: They could not be read.
        """
        where = await self._where(query, now)
        asked = any(
            isinstance(one, Part) and one.key == "replay" for one in query.conditions
        )
        return await statistics(self._reader, where, most, replays=asked)

    async def version(self) -> int:
        """A number that is another one once anybody has written to the ledger.

        Asking costs next to nothing: nothing is read but a counter.

        Raises:
            LedgerError: It could not be read.
        """
        return await self._reader.number("PRAGMA data_version")

    async def _where(self, query: Query, now: float | None) -> Where:
        return await selection.resolved(self._reader, compiled(query, _clock(now)))


def _clock(now: float | None) -> float:
    return time.time() if now is None else now
