"""The ledger as commands open it: looking for runs does not make one."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mux_tui.cli.shell import Shell
from mux_tui.core.config.load import load

if TYPE_CHECKING:
    from mux_tui.core.ledger.store import Ledger


@asynccontextmanager
async def opened_ledger(shell: Shell) -> "AsyncGenerator[Ledger | None, None]":
    """The ledger; None: there is none yet.

    Raises:
        LedgerError: It cannot be opened.
        UsageError: A newer mux wrote it.
    """
    # The database takes a while to import, which the help does not need.
    from mux_tui.core.ledger.place import is_there, ledger_path
    from mux_tui.core.ledger.store import open_ledger

    settings = load(shell.environment, shell.cwd, shell.overrides).settings.ledger
    path = ledger_path(settings, shell.environment.paths)
    if not is_there(path):
        yield None
        return

    async with open_ledger(path, settings) as ledger:
        yield ledger
