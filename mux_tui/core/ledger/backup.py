"""A copy of the ledger, made by SQLite itself while others write."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.ledger.connection import Connection
from mux_tui.core.ledger.faults import shown
from mux_tui.core.paths import PRIVATE_FILE


async def backup(source: Connection, path: Path, target: Path, replace: bool) -> int:
    """Copy the open ledger to `target`; see `Keeping.backup`."""
    _check(path, target, replace)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
        await source.copy_to(beside)
        _flush(beside)
        size = beside.stat().st_size
        os.replace(beside, target)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise EnvironmentProblem(
            f"cannot write {shown(target)}", why, "Choose another file"
        ) from error
    finally:
        with suppress(OSError, ValueError):
            beside.unlink(missing_ok=True)
    return size


def _check(path: Path, target: Path, replace: bool) -> None:
    try:
        there = os.path.lexists(target)
        same = there and target.samefile(path)
    except (OSError, ValueError):
        there = same = False
    if same:
        raise UsageError(
            f"{shown(target)} is the ledger itself", "", "Choose another file"
        )
    if there and not replace:
        raise UsageError(
            f"{shown(target)} is there already",
            "",
            "Choose another file, or add --force to replace it",
        )


def _flush(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
