"""The workers of the ledger's screen: they read, and post what they have read."""

import asyncio
from typing import TYPE_CHECKING

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.query import Moment, Query
from mux_tui.core.ledger.saving import Prices, Saving, saving
from mux_tui.core.ledger.statistics import Statistics
from mux_tui.tui.screens.ledger.family import family_of
from mux_tui.tui.screens.ledger.messages import (
    AddedUp,
    Found,
    Grown,
    NothingKept,
    Refreshed,
    RowsRead,
    RunRead,
    Written,
)

if TYPE_CHECKING:
    from mux_tui.core.ledger.listing import Listing
    from mux_tui.core.ledger.store import Ledger
    from mux_tui.tui.screens.base import MuxScreen

LOOK_SECONDS = 1.0
"""Between two looks whether anybody has written to the ledger."""

_TOLD_SECONDS = 0.1
"""Between two messages of a list that grows."""

_SETTLED_SECONDS = 0.03
"""How long the cursor must rest before a run is read in full."""


async def look_for(screen: "MuxScreen", query: Query) -> None:
    """Find a query's runs: the first at once, the others in small steps."""
    desk = screen.app.desk
    ledger = await ledger_of(screen)
    if ledger is None:
        screen.post_message(NothingKept())
        return

    listing = await ledger.search.listing(query, desk.now())
    screen.post_message(Found(listing, await ledger.search.total()))
    told = desk.tick()
    while not listing.complete:
        await listing.grow()
        if listing.complete or desk.tick() - told >= _TOLD_SECONDS:
            told = desk.tick()
            screen.post_message(Grown())


async def watch(screen: "MuxScreen") -> None:
    """Tell when anybody has written to the ledger; ends when it is cancelled."""
    ledger = await ledger_of(screen)
    if ledger is None:
        return

    before = await ledger.search.version()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = await ledger.search.version()
        if now != before:
            before = now
            screen.post_message(Written())


async def refresh(screen: "MuxScreen", listing: "Listing") -> None:
    """Take in what has changed."""
    ledger = await ledger_of(screen)
    if ledger is not None:
        await listing.refresh()
        while await listing.grow():
            pass
        screen.post_message(Refreshed(await ledger.search.total()))


async def read_rows(
    screen: "MuxScreen", listing: "Listing", first: int, count: int
) -> None:
    """Read the facts of some rows."""
    numbers = range(first, min(first + count, len(listing)))
    ids = [listing.id_at(number) for number in numbers]
    ledger = await ledger_of(screen)
    if ledger is not None:
        found = await ledger.search.rows(ids)
        screen.post_message(RowsRead({id: found.get(id) for id in ids}))


async def read_run(screen: "MuxScreen", id: int | None) -> None:
    """Read one run in full, once the cursor has come to rest."""
    await asyncio.sleep(_SETTLED_SECONDS)
    ledger = await ledger_of(screen)
    found = None if id is None or ledger is None else await ledger.search.detail(id)
    family = await family_of(ledger, found) if ledger and found else ()
    screen.post_message(RunRead(found, family))


async def add_up(screen: "MuxScreen", query: Query, time: str, charts: bool) -> None:
    """Add up the runs of a query, in a time if the query names none itself."""
    ledger = await ledger_of(screen)
    if ledger is None:
        return

    timed = any(isinstance(one, Moment) for one in query.conditions)
    if time != "all" and not (timed and not charts):
        query = Query((*query.conditions, Moment("since", time)))
    found = await ledger.search.statistics(query, now=screen.app.desk.now())
    saved = _saved(found, screen.app.desk.settings.ledger)
    screen.post_message(AddedUp(charts, found, saved))


def _saved(found: Statistics, settings: LedgerSettings) -> Saving:
    prices = Prices(
        settings.baseline_model,
        settings.baseline_input_price,
        settings.baseline_cached_price,
        settings.baseline_output_price,
    )
    return saving(
        found.local_tokens, prices, found.cloud_runs_priced, found.cloud_cost_usd
    )


async def ledger_of(screen: "MuxScreen") -> "Ledger | None":
    """The ledger, once the engine is open; None: it could not be opened."""
    return (await screen.app.desk.engine()).ledger
