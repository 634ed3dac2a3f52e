"""A connection to the ledger that cannot keep the program from ending."""

import sqlite3
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from mux_tui.core.ledger.faults import explained

Value = str | int | float | None
Values = dict[str, Value]

_WAL_LIMIT = 4 * 1024 * 1024
"""Bytes the `-wal` file is cut back to after a checkpoint."""


class Connection:
    """One SQLite connection in a thread of its own."""

    def __init__(self, path: Path, sqlite: aiosqlite.Connection) -> None:
        """Wrap an open connection to `path`."""
        self.path = path
        self._sqlite = sqlite

    async def run(self, sql: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """Execute one statement to its end and return its rows.

        Outside of a transaction the statement is committed when this returns.

        Raises:
            LedgerError: SQLite refuses.
        """
        try:
            rows = await self._fetched(sql, values)
        except (sqlite3.Error, ValueError, OverflowError) as error:
            # ValueError: what aiosqlite raises when the connection is closed.
            raise explained(self.path, error) from error

        return list(rows)

    async def _fetched(
        self, sql: str, values: Sequence[Value]
    ) -> Iterable[sqlite3.Row]:
        try:
            return await self._sqlite.execute_fetchall(sql, values)
        except sqlite3.OperationalError as error:
            if not str(error).startswith("Could not decode to UTF-8"):
                raise

        # One text that somebody damaged must not hide all other rows.
        self._sqlite.text_factory = _readable
        return await self._sqlite.execute_fetchall(sql, values)

    async def copy_to(self, target: Path) -> None:
        """Copy the whole database into the empty file `target`.

        All of it in one step, for it would begin anew with every step in which another
        process writes. Writers do not wait for it.

        Raises:
            LedgerError: SQLite refuses.
        """
        async with connect(target, 1.0) as copy:
            try:
                await self._sqlite.backup(copy._sqlite)
            except (sqlite3.Error, ValueError) as error:
                raise explained(target, error) from error

    async def number(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Execute a statement that gives one whole number; no row and NULL are 0."""
        rows = await self.run(sql, values)
        return int(rows[0][0] or 0) if rows else 0


def _readable(text: bytes) -> str:
    return text.decode("utf-8", "replace")


@asynccontextmanager
async def connect(
    path: Path, busy_timeout: float, uri: str = ""
) -> AsyncGenerator[Connection, None]:
    """Open a connection in autocommit mode; it is closed at the end.

    Args:
        path: The database.
        busy_timeout: Seconds SQLite waits for a lock.
        uri: How to open it instead of by its path.

    Raises:
        LedgerError: It cannot be opened.
    """
    options: dict[str, Any] = {"timeout": busy_timeout, "isolation_level": None}
    pending = aiosqlite.connect(uri or path, uri=bool(uri), **options)
    # aiosqlite's thread is not a daemon: whatever kept a connection from being closed
    # would keep the process from ending, for ever. Up to 0.21 the connection itself
    # is the thread.
    thread: Any = getattr(pending, "_thread", pending)
    thread.daemon = True
    try:
        sqlite = await pending
    except sqlite3.Error as error:
        raise explained(path, error) from error

    try:
        sqlite.row_factory = sqlite3.Row
        connection = Connection(path, sqlite)
        for pragma in (
            "foreign_keys = ON",
            # Older SQLites let no trigger write to a search index otherwise. What it
            # guards are functions and tables of our own, and we register none.
            "trusted_schema = ON",
            f"journal_size_limit = {_WAL_LIMIT}",
        ):
            await connection.run(f"PRAGMA {pragma}")
        yield connection
    finally:
        await sqlite.close()
