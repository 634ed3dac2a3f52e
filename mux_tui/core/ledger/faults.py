"""What SQLite's errors mean for the user.

Nothing is repaired and nothing is moved away: a damaged file may be somebody's only
record, and a path in the settings may point at a file that was never a ledger. The
message says how to move it.
"""

import shlex
import shutil
import sqlite3
import time
from pathlib import Path

from mux_tui.core.errors import LedgerError
from mux_tui.core.text import one_line

_ALMOST_NOTHING = 64 * 1024
"""Bytes: with less room than this an I/O error is a full disk."""


def shown(path: Path) -> str:
    """The path, safe to show."""
    return one_line(str(path), 500)


def code_of(error: BaseException) -> int:
    """SQLite's primary result code; 0: the error is not from SQLite."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def unusable(path: Path, error: OSError | ValueError) -> LedgerError:
    """The file system refuses the ledger's place."""
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return LedgerError(
        f"cannot open the ledger {shown(path)}",
        one_line(why),
        "Make its directory writable, or set ledger.path to another place",
    )


def irregular(path: Path) -> LedgerError:
    """A directory, a pipe or a device is in the ledger's place."""
    return LedgerError(
        f"cannot open the ledger {shown(path)}",
        "it is not a regular file",
        "Set ledger.path to another place",
    )


def explained(path: Path, error: Exception) -> LedgerError:
    """The error as one that says what happened, why, and what to do."""
    match code_of(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return locked(path)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path, str(error))
        case sqlite3.SQLITE_FULL:
            return full(path)
        case sqlite3.SQLITE_IOERR if _free(path) < _ALMOST_NOTHING:
            return full(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            return LedgerError(
                f"cannot write the ledger {shown(path)}",
                one_line(str(error)),
                "Make the file and its directory writable, or set ledger.path",
            )
        case _ if str(error) == "no such module: fts5":
            return LedgerError(
                f"cannot use the ledger {shown(path)}",
                "the SQLite of this Python cannot search texts: it lacks FTS5",
                "Run mux with a Python whose SQLite has it, such as one of python.org",
            )
        case _:
            return LedgerError(
                f"the ledger {shown(path)} does not work",
                one_line(str(error)),
                "See: mux doctor",
            )


def locked(path: Path) -> LedgerError:
    """Somebody else has been writing for longer than we wait."""
    return LedgerError(
        f"the ledger {shown(path)} is locked",
        "another program is writing to it and does not stop",
        "Try again, or raise ledger.busy_timeout",
    )


def full(path: Path) -> LedgerError:
    """There is no room to write."""
    return LedgerError(
        f"cannot write the ledger {shown(path)}",
        "disk full",
        "Free some space; what is recorded already is safe",
    )


def damaged(path: Path, why: str) -> LedgerError:
    """The file is not a database, or not a whole one."""
    away = f"{path}.corrupt-{time.strftime('%Y-%m-%d')}"
    command = f"mv {shlex.quote(str(path))} {shlex.quote(away)}"
    return LedgerError(
        f"the ledger {shown(path)} is damaged",
        one_line(why),
        "Nothing was changed. Try: mux ledger repair. To start a new one:"
        f" {one_line(command, 1000)}",
    )


def _free(path: Path) -> float:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return float("inf")
