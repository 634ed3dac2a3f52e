"""What the ledger's screen asks in small windows, and what it does with the answers."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from mux_tui.core.task import RouteChoice
from mux_tui.tui.messages import TaskWanted
from mux_tui.tui.screens.ledger import saving
from mux_tui.tui.screens.ledger.messages import Written
from mux_tui.tui.screens.ledger.replaying import again_of, same_route
from mux_tui.tui.screens.ledger.windows import (
    ExportWindow,
    FilterWindow,
    NameWindow,
    RouteWindow,
)
from mux_tui.tui.widgets.ledger.chips import USUAL, Filter

if TYPE_CHECKING:
    from mux_tui.tui.screens.ledger.screen import LedgerScreen


def replay(screen: "LedgerScreen", route: RouteChoice | None = None) -> None:
    """Have the chosen task run again.

    Args:
        screen: Where it is chosen.
        route: Who is to do it; None: who did it last time.
    """
    run = screen.pane.run
    if run is None:
        return
    if text := again_of(run):
        screen.post_message(TaskWanted(text, route or same_route(run)))
    else:
        screen.app.tell("The words of this task were not kept", "warning")


async def ask_replay(screen: "LedgerScreen") -> None:
    """Repeat the chosen run as the user says."""
    from mux_tui.tui.screens.ledger.repeating import ask_one

    if await ask_one(screen):
        replay(screen)


async def ask_route(screen: "LedgerScreen") -> None:
    """Have the chosen task run again where the user says."""
    if run := screen.pane.run:
        route = await screen.app.push_screen_wait(RouteWindow(run.route or ""))
        if route is not None:
            replay(screen, route)


async def ask_export(screen: "LedgerScreen") -> None:
    """Write the runs of the query to a file that the user names."""
    desk, query = screen.app.desk, screen.wanted
    what = f"{screen.runs.count:,} runs" if query.conditions else "all runs"
    name = f"runs-{datetime.fromtimestamp(desk.now()):%Y-%m-%d}"
    window = ExportWindow(what, desk.cwd.name, name)
    wanted = await screen.app.push_screen_wait(window)
    if wanted is not None:
        await saving.write_export(screen, wanted, query)


async def ask_filter(screen: "LedgerScreen") -> None:
    """Put a filter into the query, or throw it away, as the user says."""
    picked = await screen.app.push_screen_wait(FilterWindow(screen.filters))
    if picked is None:
        return
    if not picked.remove:
        screen.ask_for(picked.filter.query)
        return

    left = [one for one in screen.filters if one.saved and one != picked.filter]
    await _keep(screen, left, f"Removed the filter {picked.filter.name}")


async def ask_name(screen: "LedgerScreen") -> None:
    """Keep the query under a name that the user gives."""
    query = str(screen.wanted)
    name = await screen.app.push_screen_wait(NameWindow(query))
    if name is not None:
        added = saving.with_filter(screen.filters, Filter(name, query, saved=True))
        await _keep(screen, added, f"Saved the filter {name}")


async def ask_back(screen: "LedgerScreen") -> None:
    """Take back what the chosen run has written, or do it again."""
    from mux_tui.tui.taking_back import take_back

    run = screen.pane.run
    if run is not None and run.applied:
        act = "undo" if run.taken_back_at is None else "redo"
        if await take_back(screen.app, run.run_id, act):
            screen.post_message(Written())


async def ask_try(screen: "LedgerScreen") -> None:
    """Show where the runs of the query would have gone with other settings."""
    from mux_tui.tui.screens.ledger.trying import TryWindow

    await screen.app.push_screen_wait(TryWindow(screen.wanted))


async def ask_label(screen: "LedgerScreen") -> None:
    """Say what the chosen run was worth, or take that back."""
    from mux_tui.tui.labelling import label_run

    run = screen.pane.run
    if run is not None and await label_run(screen.app, run.run_id):
        screen.rewritten("label")


async def _keep(screen: "LedgerScreen", filters: list[Filter], told: str) -> None:
    if await saving.keep_filters(screen, filters, told):
        screen.keep((*USUAL, *filters))


ASKED: Mapping[str, Callable[["LedgerScreen"], Coroutine[None, None, None]]] = (
    MappingProxyType(
        {
            "replay": ask_replay,
            "route": ask_route,
            "export": ask_export,
            "filter": ask_filter,
            "name": ask_name,
            "take_back": ask_back,
            "label": ask_label,
            "try": ask_try,
        }
    )
)
"""What can be asked."""
