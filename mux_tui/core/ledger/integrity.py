"""A look at a ledger without opening it for work: nothing is made, nothing migrated."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.connection import Connection, connect
from mux_tui.core.ledger.faults import damaged, irregular, unusable
from mux_tui.core.ledger.migrations import MIGRATIONS
from mux_tui.core.ledger.prepare import check_version
from mux_tui.core.text import one_line

_BUSY_TIMEOUT = 2.0
_RUNS = "SELECT count(*) FROM runs"
_SEARCHED = 3
"""The migration since which there is a search."""


@dataclass(frozen=True)
class Integrity:
    """What a check of the ledger found."""

    path: Path
    exists: bool
    """False is no fault: the first task makes it."""

    size: int = 0
    """Bytes of the database file."""

    runs: int = 0
    schema: int = 0
    """How many migrations it has; fewer than mux knows is no fault."""

    problem: str = ""
    """One sentence; empty when all is well."""

    next_step: str = ""

    @property
    def ok(self) -> bool:
        """Whether a task can be recorded, or a ledger be made for it."""
        return not self.problem


async def integrity(path: Path, *, thorough: bool = False) -> Integrity:
    """Check the ledger at `path`: every page of it, once.

    Args:
        path: The ledger.
        thorough: Also whether indexes, the search and the rows of runs agree with one
            another, which takes some times as long.
    """
    found = _seen(path)
    if found.problem or not found.size:
        return found

    # Opened by URI with mode=rw, because a plain path would be made if it vanished.
    uri = f"file:{quote(os.fsencode(path))}?mode=rw"
    try:
        async with connect(path, _BUSY_TIMEOUT, uri) as connection:
            return await _checked(found, connection, thorough)
    except MuxError as error:
        return _failed(found, error)


def _seen(path: Path) -> Integrity:
    """What the file system says."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return Integrity(path, exists=False)
    except (OSError, ValueError) as error:
        return _failed(Integrity(path, exists=False), unusable(path, error))

    if not stat.S_ISREG(facts.st_mode):
        return _failed(Integrity(path, exists=True), irregular(path))
    return Integrity(path, exists=True, size=facts.st_size)


async def _checked(
    found: Integrity, connection: Connection, thorough: bool
) -> Integrity:
    schema = await check_version(connection, len(MIGRATIONS))
    words = [str(row[0]) for row in await connection.run("PRAGMA quick_check(1)")]
    if words != ["ok"]:
        raise damaged(found.path, " ".join(words))

    if thorough:
        await _agree(found.path, connection, schema)
    runs = await connection.number(_RUNS) if schema else 0
    return Integrity(found.path, True, found.size, runs, schema)


async def _agree(path: Path, connection: Connection, schema: int) -> None:
    """Raise unless what is stored twice is the same both times."""
    words = [str(row[0]) for row in await connection.run("PRAGMA integrity_check(5)")]
    if words != ["ok"]:
        raise damaged(path, "; ".join(words))
    if lost := await connection.run("PRAGMA foreign_key_check"):
        raise damaged(path, f"{len(lost)} rows belong to no run")
    if schema >= _SEARCHED:
        # Reads only, though SQLite asks for it as if something were written.
        sql = "INSERT INTO runs_text (runs_text, rank) VALUES ('integrity-check', 1)"
        await connection.run(sql)


def _failed(found: Integrity, error: MuxError) -> Integrity:
    why = f"{error.what}: {error.why}" if error.why else error.what
    return Integrity(
        found.path,
        found.exists,
        found.size,
        problem=one_line(why, 1000),
        next_step=error.next_step,
    )
