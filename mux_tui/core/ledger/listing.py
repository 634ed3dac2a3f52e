"""The runs of one query as numbered rows: row 0 is the newest.

Which run is row 700,000 is known at once: without a filter by arithmetic, since ids are
dense; with one from a compact array of ids, which grows from the newest to the oldest
in small steps, so that the first rows are there while the last are still looked for.
"""

import asyncio
import time
from array import array
from bisect import bisect_left

from mux_tui.core.ledger import selection
from mux_tui.core.ledger.connection import Connection
from mux_tui.core.ledger.query import Query
from mux_tui.core.ledger.rows import RunRow
from mux_tui.core.ledger.selection import Bounds
from mux_tui.core.ledger.where import FIRST, LAST, Where, compiled

_FIRST_SPAN = 1_000
_SPAN = 16_000
"""Rows of a step: some milliseconds."""

_SLOW = 0.05
"""Seconds. What is slow however few rows it looks at gets fewer, larger steps."""

_LARGEST_SPAN = 128_000
_MOST_OPEN = 50
"""Runs under way that are looked at again when the ledger changes."""


class Listing:
    """A list that knows its rows by number; made by `Search.listing`."""

    def __init__(self, reader: Connection, query: Query, where: Where) -> None:
        """Nothing is read yet."""
        self.query = query
        self.complete = False
        """Whether every run was looked at; until then there may be more rows."""

        self._reader = reader
        self._where = where
        self._ids: array[int] | range = array("q")
        # Ascending, so that new runs are appended.
        self._below = LAST
        self._top = FIRST
        self._span = _FIRST_SPAN
        self._open: tuple[int, ...] = ()
        # Growing and taking in what is new wait for each other.
        self._turn = asyncio.Lock()

    @classmethod
    async def of(cls, reader: Connection, query: Query, now: float) -> "Listing":
        """The list with its first rows."""
        where = await selection.resolved(reader, compiled(query, now))
        listing = cls(reader, query, where)
        await listing._begin(await selection.bounds(reader))
        return listing

    def __len__(self) -> int:
        """How many rows are known."""
        return len(self._ids)

    def id_at(self, number: int) -> int:
        """The id of a row; `number` is less than the length."""
        return self._ids[-1 - number]

    def number_of(self, id: int) -> int | None:
        """Which row has that id; None: none has."""
        place = bisect_left(self._ids, id)
        if place == len(self._ids) or self._ids[place] != id:
            return None

        return len(self._ids) - 1 - place

    async def rows(self, first: int, count: int) -> tuple[RunRow | None, ...]:
        """Rows by number; None where a run is gone from the ledger.

        Raises:
            LedgerError: They could not be read.
        """
        numbers = range(max(first, 0), min(first + count, len(self._ids)))
        some = [self.id_at(number) for number in numbers]
        found = await selection.rows(self._reader, some)
        return tuple(found.get(id) for id in some)

    async def grow(self) -> bool:
        """Look at some more runs; False: there are none.

        Raises:
            LedgerError: They could not be read.
        """
        async with self._turn:
            if not self.complete:
                await self._grow()
            return not self.complete

    async def _grow(self) -> None:
        started = time.monotonic()
        step = await selection.chunk(
            self._reader, self._where, self._below, FIRST, self._span
        )
        slow = time.monotonic() - started > _SLOW
        older = array("q", reversed(step.ids))
        older.extend(self._array)
        self._ids = older
        self._below, self.complete = step.below, step.below == FIRST
        self._span = min(self._span * 2, _LARGEST_SPAN if slow else _SPAN)

    async def refresh(self) -> bool:
        """Take in what has changed since; True: it is another list now.

        Runs that were under way are looked at again, for they may match only now, or
        no longer.

        Raises:
            LedgerError: The ledger could not be read.
        """
        async with self._turn:
            before = len(self._ids), self._ids[-1] if self._ids else 0
            bounds = await selection.bounds(self._reader)
            if not isinstance(self._ids, range):
                await self._look_again()
                await self._take_new(bounds.last)
            elif bounds.dense:
                self._ids = _all(bounds)
            else:
                await self._begin(bounds)
            return before != (len(self._ids), self._ids[-1] if self._ids else 0)

    async def _begin(self, bounds: Bounds) -> None:
        self._top = bounds.last
        if not self.query.conditions and bounds.dense:
            self._ids, self.complete = _all(bounds), True
            return

        self._ids, self._below, self.complete = array("q"), bounds.last + 1, False
        self._open = await selection.running(self._reader, _MOST_OPEN)
        await self._grow()

    async def _look_again(self) -> None:
        seen = [id for id in self._open if id >= self._below]
        found = await selection.matching(self._reader, self._where, seen)
        for id in seen:
            if self.number_of(id) is not None:
                self._array.remove(id)
        for id in found:
            self._array.insert(bisect_left(self._ids, id), id)

    async def _take_new(self, last: int) -> None:
        fresh: list[int] = []
        below = last + 1
        while below > self._top + 1:
            step = await selection.chunk(
                self._reader, self._where, below, self._top, _SPAN
            )
            fresh.extend(step.ids)
            below = step.below
        running = await selection.running(self._reader, _MOST_OPEN)
        # One that began and ended since the last look must be looked at once more: it
        # may have ended after it was read.
        new = range(max(self._top, last - _MOST_OPEN) + 1, last + 1)
        self._open = tuple({*running, *new})
        self._array.extend(reversed(fresh))
        self._top = max(last, self._top)

    @property
    def _array(self) -> "array[int]":
        if isinstance(self._ids, range):
            self._ids = array("q", self._ids)
        return self._ids


def _all(bounds: Bounds) -> range:
    return range(bounds.first, bounds.last + 1)
