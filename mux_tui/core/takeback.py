"""Taking back what a run has done to the user's files, and doing it again.

The archive alone says what can be taken back, also where the ledger is lost. The ledger
is told of it afterwards, so that lists show it.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from mux_tui.core.errors import LedgerError, MuxError, UsageError
from mux_tui.core.finishing import finished
from mux_tui.core.ledger.store import Ledger
from mux_tui.core.paths import Paths
from mux_tui.core.text import one_line
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.results import Applied, Result
from mux_tui.core.workspace.transition import Transition
from mux_tui.core.workspace.undo import Merging, redo, undo

Act = Literal["undo", "redo"]

_SHOWN = 5


async def take_back(
    run_id: str,
    act: Act,
    paths: Paths,
    ledger: Ledger | None,
    merging: Merging = "never",
) -> Result:
    """Take the changes of a run back, or do them again, and record it.

    Once begun it is done to its end, also when the caller is cancelled.

    Args:
        run_id: The whole id; `chosen` finds it.
        act: Which way.
        paths: Where mux keeps what it needs for it.
        ledger: Where it is recorded; None: nowhere. That it could not be recorded is
            one of the notes of the result, and changes nothing about the files.
        merging: What becomes of files that have changed since.

    Returns:
        `Stale` with the files that have changed since, or cannot be merged; `Refused`
        if a path may not, or cannot, be written. Both times nothing was done.

    Raises:
        UsageError: The run has changed no file; it is taken back already, or is not.
        EnvironmentProblem: What is needed is not kept any more, or cannot be read, or
            another mux is at it.
    """
    task = asyncio.create_task(_taken_back(run_id, act, paths, ledger, merging))
    try:
        await finished(task)
    except asyncio.CancelledError:
        # Nobody is left to hear of an error; it has been looked at, at least.
        task.exception()
        raise

    return task.result()


async def _taken_back(
    run_id: str, act: Act, paths: Paths, ledger: Ledger | None, merging: Merging
) -> Result:
    way = undo if act == "undo" else redo
    archive = Archive(paths.changes)
    result = await asyncio.to_thread(way, run_id, archive, merging, paths.own)
    if ledger is None or not isinstance(result, Applied):
        return result
    try:
        await ledger.taken_back(run_id, time.time() if act == "undo" else None)
    except LedgerError as error:
        note = f"it is not in the ledger: {error}"
        return replace(result, notes=(*result.notes, note))

    return result


async def chosen(
    reference: str, act: Act, paths: Paths, ledger: Ledger | None, cwd: Path
) -> str:
    """The id of the run that somebody means.

    Args:
        reference: An id or enough of its beginning; empty: of the runs that changed
            files of `cwd`, the newest that can be taken back or done again.
        act: Which of the two.
        paths: Where mux keeps the changes.
        ledger: Where runs are looked up first; None: only among the changes.
        cwd: The work directory.

    Raises:
        UsageError: Several ids begin so; or no run is meant by an empty one.
        MuxError: There is no such run.
        EnvironmentProblem: What is kept cannot be read.
    """
    if reference:
        return await _named(reference, paths, ledger)

    root = await asyncio.to_thread(cwd.resolve)
    for record in await _records(paths):
        if record.root == root and (record.act == "undo") == (act == "redo"):
            return record.run_id

    what = "to take back" if act == "undo" else "to do again"
    raise UsageError(
        f"no changes {what} in {one_line(str(root), 200)}",
        "",
        "Name a run, wherever it worked. See: mux ledger search applied:yes",
    )


async def _named(reference: str, paths: Paths, ledger: Ledger | None) -> str:
    try:
        run = await ledger.get(reference) if ledger else None
    except LedgerError:
        run = None
    if run is not None:
        return run.run_id

    prefix = reference.strip().lower()
    ids = [record.run_id for record in await _records(paths)]
    found = [run_id for run_id in ids if run_id.startswith(prefix)]
    if prefix in found:
        return prefix
    if len(found) > 1:
        raise _ambiguous(prefix, found)
    if not found or not prefix:
        shown = one_line(reference, 100)
        raise MuxError("no such run", shown, "See: mux ledger list")

    return found[0]


async def _records(paths: Paths) -> tuple[Transition, ...]:
    """What can be taken back or done again, the newest first."""
    return await asyncio.to_thread(Archive(paths.changes).records)


def _ambiguous(prefix: str, found: Sequence[str]) -> UsageError:
    more = ", …" if len(found) > _SHOWN else ""
    return UsageError(
        f"more than one run begins with {one_line(prefix, 64)}",
        ", ".join(found[:_SHOWN]) + more,
        "Give more of the run's id",
    )
