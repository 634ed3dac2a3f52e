"""An export in a file: whole or not at all, and for the owner alone."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal

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
        with replaced(path, "w") as file:
            return await export(ledger, file.write, form, query)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError | ValueError) -> EnvironmentProblem:
    """The file system refuses the file of an export."""
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return EnvironmentProblem(
        f"cannot write {one_line(str(path))}", one_line(why), "Choose another file"
    )


@contextmanager
def replaced(path: Path, mode: Literal["w", "wb"]) -> Generator[IO[Any], None, None]:
    """A file that takes the place of what is at `path` when it is whole."""
    encoding = "utf-8" if mode == "w" else None
    if path.exists() and not path.is_file():
        # A device or a pipe is written to: something else in its place would be wrong.
        with path.open(mode, encoding=encoding) as file:
            yield file
        return

    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        descriptor = os.open(beside, flags, PRIVATE_FILE)
        with open(descriptor, mode, encoding=encoding) as file:
            yield file
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError, ValueError):
            beside.unlink()
        raise
