"""Taking a run's changes back, and doing them again.

Both go the way an application goes: everything or nothing, from the archive, and only
over files that are as the run left them. Where they are not, a three-way merge is on
offer. The user's git knows nothing of it: no index, no stash, no commit is touched.
Everything here blocks: call it in a thread.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from mux_tui.core.change import FileChange
from mux_tui.core.errors import UsageError
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.carry import carry_out, examine, prepare
from mux_tui.core.workspace.reconcile import Reconciliation, back
from mux_tui.core.workspace.recover import mend
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.results import Refused, Result, Stale
from mux_tui.core.workspace.transition import Step, Transition
from mux_tui.core.workspace.tree import Tree, open_tree

Merging = Literal["never", "clean", "marked"]
"""What becomes of files that have changed since.

`never`: nothing is done, and they are listed. `clean`: they are merged, and nothing is
done where one of them is in conflict. `marked`: conflicts are written into the files,
between markers.
"""


def undo(
    run_id: str,
    archive: Archive,
    merging: Merging = "never",
    closed: Iterable[Path] = (),
) -> Result:
    """Take the changes of a run back.

    Args:
        run_id: The run.
        archive: Where the way back is kept.
        merging: What becomes of files that have changed since.
        closed: Further directories that are not entered: mux's own.

    Returns:
        `Stale` with the files that have changed since; nothing was done.

    Raises:
        UsageError: The run has changed no file, or they are taken back already.
        EnvironmentProblem: What is needed is not kept any more, or cannot be read.
    """
    record = _record(run_id, archive)
    if record.act == "undo":
        raise UsageError(
            f"the changes of {run_id} are taken back already",
            "",
            f"Do them again: mux ledger redo {run_id}",
        )

    return _reversed(record, archive, merging, closed)


def redo(
    run_id: str,
    archive: Archive,
    merging: Merging = "never",
    closed: Iterable[Path] = (),
) -> Result:
    """Do the changes of a run again, after `undo`; arguments and errors as there."""
    record = _record(run_id, archive)
    if record.act != "undo":
        raise UsageError(
            f"the changes of {run_id} have not been taken back",
            "",
            f"Take them back: mux ledger undo {run_id}",
        )

    return _reversed(record, archive, merging, closed)


def changes_of(run_id: str, archive: Archive) -> tuple[FileChange, ...]:
    """The changes that a run has made to its work directory, whole.

    Raises:
        UsageError: It has changed no file.
        EnvironmentProblem: Its contents are not kept any more.
    """
    record = _record(run_id, archive)
    return tuple(_change(archive, step, record.act == "undo") for step in record.steps)


def _change(archive: Archive, step: Step, taken_back: bool) -> FileChange:
    before, after = step.before, step.after
    if taken_back:
        before, after = after, before
    return FileChange(
        step.path,
        _content(archive, before.digest),
        _content(archive, after.digest),
        executable=bool(after.mode & 0o100),
    )


def _record(run_id: str, archive: Archive) -> Transition:
    if record := archive.record(run_id):
        return record

    raise UsageError(
        f"nothing to take back of {run_id}",
        "it has changed no file, or that is not kept any more",
        "See the runs: mux ledger",
    )


def _reversed(
    record: Transition, archive: Archive, merging: Merging, closed: Iterable[Path]
) -> Result:
    with (
        open_tree(record.root, (archive.directory, *closed)) as tree,
        archive.root_held(tree.inode),
    ):
        mend(tree, archive)
        if archive.record(record.run_id) != record:
            raise UsageError(
                f"the changes of {record.run_id} have just been taken back or done"
                " again by another mux"
            )
        return _carried(tree, record, archive, merging)


def _carried(
    tree: Tree, record: Transition, archive: Archive, merging: Merging
) -> Result:
    act = "redo" if record.act == "undo" else "undo"
    names = ("now", f"{'before' if act == 'undo' else 'after'} {record.run_id}")
    work = Reconciliation(tree, archive.store, merging == "marked", names)
    found = examine(tree, ((step.path, step.after.digest) for step in record.steps))
    match found:
        case Refused():
            return found
        case Stale() if merging == "never":
            return found
        case Stale(paths):
            wishes = work.wishes(record, paths)
        case _:
            wishes = [back(step, found[step.path]) for step in record.steps]
    if work.conflicts:
        return Stale(tuple(work.conflicts))
    try:
        planned = prepare(tree, record.run_id, act, wishes, record.made)
    except PathRefused as error:
        return Refused((error.refusal,))

    return carry_out(tree, archive, planned, work.contents)


def _content(archive: Archive, name: str) -> bytes | None:
    return archive.store.content(name) if name else None
