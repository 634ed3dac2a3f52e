"""Making an open file fit for work: is it ours, and is it up to date?"""

from collections.abc import Sequence
from contextlib import suppress

from mux_tui.core.errors import LedgerError, UsageError
from mux_tui.core.ledger.connection import Connection
from mux_tui.core.ledger.faults import shown
from mux_tui.core.ledger.lock import WriteLock
from mux_tui.core.ledger.migrations import (
    APPLICATION_ID,
    MIGRATIONS,
    Migration,
    statements,
)


async def prepare(
    connection: Connection,
    lock: WriteLock,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> None:
    """Check the file, and apply the migrations that it lacks.

    Raises:
        LedgerError: It is not a ledger, or cannot be changed.
        UsageError: A newer mux wrote it.
    """
    if await check_version(connection, len(migrations)) < len(migrations):
        async with lock.held():
            # Readers do not wait for the writer in this mode, nor it for them. The
            # file remembers it.
            await connection.run("PRAGMA journal_mode = WAL")
            await _migrate(connection, migrations)
    await connection.run("PRAGMA synchronous = NORMAL")


async def check_version(connection: Connection, known: int) -> int:
    """How many migrations the file has; it may be read, at least.

    Raises:
        LedgerError: It is not a ledger.
        UsageError: It has more than the `known` ones.
    """
    version = await connection.number("PRAGMA user_version")
    if version > known:
        raise UsageError(
            f"the ledger {shown(connection.path)} was written by a newer mux"
            f" (schema {version}, this one knows {known})",
            "",
            "Nothing was changed. Update mux, or set ledger.path to another file",
        )

    tables = await connection.number("SELECT count(*) FROM sqlite_schema")
    mark = await connection.number("PRAGMA application_id")
    if (tables or version) and mark != APPLICATION_ID:
        raise LedgerError(
            f"{shown(connection.path)} is not a ledger",
            "it is the database of another program",
            "Nothing was changed. Set ledger.path to another file",
        )
    return version


async def _migrate(connection: Connection, migrations: Sequence[Migration]) -> None:
    await connection.run("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while we waited.
        done = await check_version(connection, len(migrations))
        for sql in statements(done, migrations):
            await connection.run(sql)
        await connection.run("COMMIT")
    except BaseException:
        with suppress(LedgerError):
            await connection.run("ROLLBACK")
        raise
