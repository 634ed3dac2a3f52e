"""What a finished run did to files: looked at again, taken back, done again."""

import asyncio
from typing import TYPE_CHECKING

from mux_tui.tui.host import Host
from mux_tui.tui.taking_back import take_back

if TYPE_CHECKING:
    from mux_tui.tui.screens.cockpit.sitting import Sitting


async def show_past(app: Host, sitting: "Sitting") -> None:
    """Show the changes of a run that has ended."""
    from mux_tui.tui.dialogs.past_changes import Past, PastWindow, read_past
    from mux_tui.tui.widgets.changes.facts import sections_of
    from mux_tui.tui.widgets.changes.words import heading

    outcome = sitting.story.outcome
    if outcome is None or outcome.work is None:
        return
    sections = sections_of(outcome.work, outcome.verdict, outcome.findings)
    title = heading("Changes", outcome.run_id, outcome.route, outcome.model)
    past = Past(title, _end(sitting), outcome.work, sections)
    diffs = await asyncio.to_thread(read_past, past)
    await app.push_screen_wait(PastWindow(past, diffs))


def _end(sitting: "Sitting") -> str:
    if not sitting.applied:
        return "not written"

    return "written, and taken back" if sitting.taken_back else "written; u undoes it"


async def turn_back(app: Host, sitting: "Sitting") -> bool:
    """Take back what a run has written, or do it again; whether that was done."""
    act = "redo" if sitting.taken_back else "undo"
    if not await take_back(app, sitting.run.task.run_id, act):
        return False

    sitting.taken_back = act == "undo"
    taken = "taken back: u does it again"
    told = taken if sitting.taken_back else "done again: u takes it back"
    sitting.view.note(f"{app.glyphs.more} {told}")
    return True
