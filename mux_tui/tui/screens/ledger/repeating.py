"""What is asked before runs are repeated: how, which, and whether they may leave."""

from typing import TYPE_CHECKING

from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.query import Query
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.replay.planning import Order
from mux_tui.tui.screens.ledger.batch_text import plan_text
from mux_tui.tui.screens.ledger.replay_windows import (
    PlanWindow,
    ReplayWanted,
    ReplayWindow,
)
from mux_tui.tui.widgets.ledger.wording import short_id

if TYPE_CHECKING:
    from mux_tui.tui.screens.ledger.repeats import Repeats


async def ask_one(screen: "Repeats") -> bool:
    """Repeat the chosen run as the user says.

    Returns:
        Whether it is to be done again in the cockpit; that is left to the caller.
    """
    run = screen.pane.run
    if run is None:
        return False
    title = f"Replay {short_id(run.run_id)}"
    wanted = await _wanted(screen, title, 1)
    if wanted is None or wanted.again:
        return wanted is not None

    await _repeat(screen, run, wanted)
    return False


async def ask_all(screen: "Repeats") -> None:
    """Repeat the newest runs of the query as the user says."""
    count = screen.runs.count
    if count == 0:
        screen.app.tell("No run matches: there is nothing to replay", "warning")
        return
    if count == 1 and screen.pane.run is not None:
        wanted = await _wanted(screen, "Replay this run", 1)
    else:
        wanted = await _wanted(screen, "Replay these runs", count)
    if wanted is not None:
        await _repeat(screen, screen.wanted, wanted)


async def _wanted(screen: "Repeats", title: str, runs: int) -> ReplayWanted | None:
    if screen.app.desk.repeating.under_way:
        screen.app.tell("Replays are under way: R shows them", "warning")
        return None

    window = ReplayWindow(title, screen.app.pulse.cloud, runs)
    return await screen.app.push_screen_wait(window)


async def _repeat(
    screen: "Repeats", which: Query | RunDetail, wanted: ReplayWanted
) -> None:
    app, order = screen.app, Order(wanted.route, wanted.model)
    try:
        plan = await app.desk.repeating.plan(which, wanted.most, order)
    except MuxError as error:
        app.tell_error(error)
        return

    text = plan_text(plan, order)
    if not plan.subjects:
        app.tell(text.replace("\n", " "), "warning", 10.0)
        return
    # One run that stays here costs nobody anything but time.
    harmless = isinstance(which, RunDetail) and not plan.leaving
    count = len(plan.subjects)
    title = f"Replay {count:,} runs?" if count > 1 else "Replay this run?"
    if harmless or await app.push_screen_wait(PlanWindow(title, text)):
        if app.desk.repeating.under_way:
            app.tell("Replays are under way: R shows them", "warning")
            return
        screen.repeat(order, plan, consented=plan.leaving > 0)
