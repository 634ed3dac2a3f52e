"""An export in a file: whole or not at all, and for the owner alone."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.ledger.export import Form, export
from mux_tui.core.ledger.query import EVERYTHING, Query
from mux_tui.core.ledger.store import Ledger
from mux_tui.core.paths import PRIVATE_FILE
from mux_tui.core.text import one_line


async def export_file(
    ledger: Ledger, path: Path, form: Form = "jsonl", query: Query = EVERYTHING
) -> int:
    """Write the runs of a query to `path`, replacing what was there.

    Returns:
        How many were written.

    Raises:
        EnvironmentProblem: The file cannot be written; what was there is unchanged.
        LedgerError: The ledger cannot be read.
    """
    try:
        with _replaced(path) as file:
            return await export(ledger, file.write, form, query)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise EnvironmentProblem(
            f"cannot write {one_line(str(path))}", one_line(why), "Choose another file"
        ) from error


@contextmanager
def _replaced(path: Path) -> Generator[TextIO, None, None]:
    if path.exists() and not path.is_file():
        # A device or a pipe is written to: something else in its place would be wrong.
        with path.open("w", encoding="utf-8") as file:
            yield file
        return

    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        descriptor = os.open(beside, flags, PRIVATE_FILE)
        with open(descriptor, "w", encoding="utf-8") as file:
            yield file
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError, ValueError):
            beside.unlink()
        raise
