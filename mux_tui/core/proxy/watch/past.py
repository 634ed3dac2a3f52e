"""The requests that the ledger remembers."""

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.exchange import Exchange
from mux_tui.core.paths import Paths
from mux_tui.core.proxy.watch.decode import exchange_of

if TYPE_CHECKING:
    # The database takes a while to import.
    from mux_tui.core.ledger.exchanges import ExchangeRow

Past = Callable[[int], Awaitable[Sequence["ExchangeRow"]]]
"""Gives so many of the newest requests, newest first; may raise a LedgerError."""


def past_in(settings: LedgerSettings, paths: Paths) -> Past:
    """A reader that opens the ledger each time, and makes none where there is none."""

    async def read(limit: int) -> Sequence["ExchangeRow"]:
        from mux_tui.core.ledger.place import is_there, ledger_path
        from mux_tui.core.ledger.store import open_ledger

        path = ledger_path(settings, paths)
        if not is_there(path):
            return ()
        async with open_ledger(path, settings) as ledger:
            return await ledger.exchanges(limit)

    return read


async def no_past(_: int) -> Sequence["ExchangeRow"]:
    """Remembers nothing."""
    return ()


def recalled(row: "ExchangeRow") -> Exchange:
    """The exchange that a row tells of."""
    fields = {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}
    return exchange_of(fields | {"id": row.exchange_id}) or Exchange(row.exchange_id)
