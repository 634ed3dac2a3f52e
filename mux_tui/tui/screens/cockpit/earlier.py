"""What was run before, read from the ledger."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mux_tui.core.errors import MuxError
from mux_tui.tui.desk import Desk

if TYPE_CHECKING:
    from mux_tui.core.ledger.rows import RunRow

_MOST = 12


async def recent_runs(desk: Desk) -> "Sequence[RunRow] | None":
    """The last runs of this project; None: they could not be read."""
    try:
        # First, for it imports in a thread what is imported below.
        ledger = (await desk.engine()).ledger
        from mux_tui.core.ledger.query import Part, Query
        from mux_tui.core.survey import repository_root

        if ledger is None:
            return ()
        here = repository_root(desk.cwd) or desk.cwd
        own = Query((Part("repo", (str(here),)), Part("replay", ("no",))))
        return await ledger.search.page(own, _MOST)
    except MuxError:
        return None


async def task_of(desk: Desk, run_id: str) -> str | None:
    """The text of a run's task; None: it was not kept.

    Raises:
        MuxError: The ledger could not be read.
    """
    ledger = (await desk.engine()).ledger
    run = await ledger.get(run_id) if ledger else None
    return run.task if run else None
