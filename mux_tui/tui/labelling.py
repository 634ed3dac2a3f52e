"""Labelling a run, with the question what it was worth, and what came of it."""

from typing import TYPE_CHECKING

from mux_tui.core.errors import MuxError
from mux_tui.tui.host import Host

if TYPE_CHECKING:
    from mux_tui.core.ledger.rows import RunDetail
    from mux_tui.tui.dialogs.label import Labelling


async def label_run(app: Host, run_id: str) -> str:
    """Ask for a label, keep it, and say so.

    Args:
        app: The cockpit; this must run in one of its workers.
        run_id: The run.

    Returns:
        What was said; empty: everything is as it was.
    """
    from mux_tui.tui.dialogs.label import LabelWindow

    try:
        ledger = (await app.desk.engine()).ledger
        run = await ledger.get(run_id) if ledger else None
        if ledger is None or run is None:
            app.tell("This run is not in the ledger", "warning")
            return ""

        before = _kept(run)
        wanted = await app.push_screen_wait(LabelWindow(_about(run), before))
        if wanted is None or wanted == before:
            return ""

        await ledger.label(run_id, wanted.label, wanted.text)
    except MuxError as error:
        app.tell_error(error)
        return ""

    told = f"labelled {wanted.label}" if wanted.label else "its label is taken away"
    app.tell(told)
    return told


def _about(run: "RunDetail") -> str:
    return run.task or f"{run.run_id} (its words were not kept)"


def _kept(run: "RunDetail") -> "Labelling":
    from mux_tui.tui.dialogs.label import Labelling

    text = run.label_text or ""
    match run.label:
        case "good" | "bad" | "note":
            return Labelling(run.label, text)
        case _:
            # A word of another mux is none of ours.
            return Labelling(None, text)
