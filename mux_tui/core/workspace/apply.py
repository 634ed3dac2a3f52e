"""Making a draft's changes to the user's tree, in one step or not at all."""

from collections.abc import Iterable
from pathlib import Path

from mux_tui.core.change import ChangeSet, FileChange, digest
from mux_tui.core.errors import UsageError
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.carry import Wish, carry_out, examine, prepare
from mux_tui.core.workspace.recover import mend
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.regular import Standing, with_execution
from mux_tui.core.workspace.results import Applied, Refused, Result
from mux_tui.core.workspace.transition import Side
from mux_tui.core.workspace.tree import NEW_FILE, Tree, open_tree


def apply(
    root: Path,
    changes: ChangeSet,
    run_id: str,
    archive: Archive,
    closed: Iterable[Path] = (),
) -> Result:
    """Do all that a draft would do to a work directory, or nothing of it.

    It blocks, for reading, writing and syncing: call it in a thread.

    Args:
        root: The work directory.
        changes: The changes; with a refusal among them, none is made.
        run_id: The run they come from, by which they are taken back.
        archive: Where the way back is kept.
        closed: Further directories that are not entered: mux's own.

    Returns:
        `Stale` if a file is not what it was when the draft was made; `Refused` if a
        path may not, or cannot, be written.

    Raises:
        UsageError: There is no such directory; the run has been applied before.
        EnvironmentProblem: The archive cannot be written, or another mux holds the
            directory; nothing was changed.
    """
    if changes.refused:
        return Refused(changes.refused)
    with (
        open_tree(root, (archive.directory, *closed)) as tree,
        archive.root_held(tree.inode),
    ):
        mend(tree, archive)
        _check_first_time(archive, run_id)
        return _applied(tree, changes.changes, run_id, archive)


def _check_first_time(archive: Archive, run_id: str) -> None:
    record = archive.record(run_id)
    if record and record.act != "undo":
        raise UsageError(
            f"the changes of {run_id} have been applied already",
            "",
            f"Take them back first: mux ledger undo {run_id}",
        )


def _applied(
    tree: Tree, changes: tuple[FileChange, ...], run_id: str, archive: Archive
) -> Result:
    found = examine(tree, ((change.path, digest(change.before)) for change in changes))
    if not isinstance(found, dict):
        return found
    wishes = [_wish(change, found[change.path]) for change in changes]
    try:
        planned = prepare(tree, run_id, "apply", wishes)
    except PathRefused as error:
        return Refused((error.refusal,))
    if not planned.steps:
        return Applied(run_id, tree.root, ())
    contents = [
        content
        for change in changes
        for content in (change.before, change.after)
        if content is not None
    ]
    return carry_out(tree, archive, planned, {digest(it): it for it in contents})


def _wish(change: FileChange, here: Standing | None) -> Wish:
    if change.after is None:
        return Wish(change.path, here, Side())
    mode = with_execution(here.mode if here else NEW_FILE, change.executable)
    return Wish(change.path, here, Side(digest(change.after), mode, masked=not here))
