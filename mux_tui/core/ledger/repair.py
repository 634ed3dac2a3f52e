"""A new ledger out of what can be read of a damaged one.

Nothing is thrown away: the damaged files get another name beside the new one, and only
when that one is whole. A row that cannot be read costs that row, not those behind it.
"""

import os
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mux_tui.core.errors import LedgerError, UsageError
from mux_tui.core.ledger.connection import Connection, connect
from mux_tui.core.ledger.faults import shown, unusable
from mux_tui.core.ledger.file import wal_of
from mux_tui.core.ledger.integrity import integrity
from mux_tui.core.ledger.lock import WriteLock
from mux_tui.core.ledger.migrations import APPLICATION_ID, MIGRATIONS
from mux_tui.core.ledger.prepare import prepare
from mux_tui.core.ledger.salvage import Row, readable_rows
from mux_tui.core.paths import PRIVATE_FILE

_WAIT = 5.0
_TABLES: tuple[str, ...] = (
    "runs",
    "attempts",
    "files",
    "findings",
    "exchanges",
    "upkeep",
)
_FOREIGN = "is not a ledger"
_NEWER = "newer mux"


@dataclass(frozen=True)
class Repaired:
    """What came of a repair."""

    path: Path
    aside: Path
    """Where the damaged file is now."""

    rows: dict[str, int]
    """By table: rows that were read, and are in the new file."""

    unreadable: int
    """Rows that are known to have been there, and could not be read."""


async def repair(path: Path) -> Repaired | None:
    """Put a new ledger with all readable rows in the place of a damaged one.

    Args:
        path: The ledger.

    Returns:
        None: it is whole, and nothing was done.

    Raises:
        UsageError: It is no ledger, or one of a newer mux; nothing was changed.
        LedgerError: It could not be done; the damaged file is as it was.
    """
    found = await integrity(path, thorough=True)
    if found.ok:
        return None
    if not found.exists or _FOREIGN in found.problem or _NEWER in found.problem:
        raise UsageError("the ledger cannot be repaired", found.problem)

    lock = WriteLock(path, _WAIT)
    try:
        async with lock.held():
            return await _repaired(path)
    except (OSError, ValueError) as error:
        raise unusable(path, error) from error
    finally:
        lock.close()


async def _repaired(path: Path) -> Repaired:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
    lock = WriteLock(beside, _WAIT)
    try:
        async with connect(beside, _WAIT) as target:
            await prepare(target, lock)
            rows, unreadable = await _copied(path, target)
        aside = _swapped(path, beside)
    finally:
        lock.close()
        for left in (beside, Path(f"{beside}.lock")):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return Repaired(path, aside, rows, unreadable)


async def _copied(path: Path, target: Connection) -> tuple[dict[str, int], int]:
    rows: dict[str, int] = dict.fromkeys(_TABLES, 0)
    unreadable = 0
    # Nothing is written to it, not even what a recovery would.
    uri = f"file:{quote(os.fsencode(path))}?mode=ro"
    await target.run("BEGIN IMMEDIATE")
    with suppress(LedgerError):
        async with connect(path, _WAIT, uri) as source:
            await _no_newer_one(source)
            # Raises where not even the names of its tables can be read.
            await source.run("SELECT name FROM sqlite_schema")
            for table in _TABLES:
                async for found in readable_rows(source, table):
                    rows[table] += len(found.rows)
                    unreadable += found.unreadable
                    rows[table] -= await _put(target, table, found.rows)
    # Of runs that are gone nobody asks for the attempts.
    for table in ("attempts", "files", "findings"):
        sql = f"DELETE FROM {table} WHERE run NOT IN (SELECT id FROM runs) RETURNING id"
        rows[table] -= len(await target.run(sql))
    await target.run("COMMIT")
    return rows, unreadable


async def _no_newer_one(source: Connection) -> None:
    """Do nothing unless it is readable enough to tell that it is not ours."""
    with suppress(LedgerError):
        version = await source.number("PRAGMA user_version")
        mark = await source.number("PRAGMA application_id")
        if version > len(MIGRATIONS) and mark == APPLICATION_ID:
            raise UsageError(f"the ledger {shown(source.path)} is of a newer mux")


async def _put(target: Connection, table: str, rows: Sequence[Row]) -> int:
    """Insert the rows; returns how many the new file refuses."""
    info = await target.run(f"SELECT name FROM pragma_table_info('{table}')")
    known = [str(row[0]) for row in info]
    refused = 0
    for row in rows:
        there = [name for name in known if name in row]
        sql = (
            f"INSERT INTO {table} ({', '.join(there)})"
            f" VALUES ({', '.join('?' for _ in there)})"
        )
        try:
            await target.run(sql, [row[name] for name in there])
        except LedgerError:
            # Twice the same name, or nothing where there must be something.
            refused += 1
    return refused


def _swapped(path: Path, beside: Path) -> Path:
    """Put the new file in its place; at every moment one of the two is there."""
    day = time.strftime("%Y-%m-%d")
    number, aside = 1, path.with_name(f"{path.name}.damaged-{day}")
    while os.path.lexists(aside) or os.path.lexists(wal_of(aside)):
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{day}-{number}")
    try:
        os.link(path, aside)
    except OSError:
        # A file system without links.
        os.rename(path, aside)
    # A log left behind would be taken for one of the new file.
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.rename(f"{path}{suffix}", f"{aside}{suffix}")
    os.replace(beside, path)
    return aside
