"""What the first run has changed, taken out of a copy of its directory.

So that the test that failed fails again. The paths of a row are not trusted: they are
checked like those of an answer, and written as in the user's own tree, through no link.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.ledger.rows import FileRow
from mux_tui.core.text import one_line
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.names import BadName, check_name
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.tree import Tree, open_tree

_DIGEST = re.compile(r"[0-9a-f]{64}")
_EXECUTES = 0o100
_LISTED = 3


class CannotTakeBack(EnvironmentProblem):
    """The files cannot be made what they were before the run."""


@dataclass(frozen=True)
class _File:
    path: str
    before: str
    """Digest; empty: there was no file."""

    after: frozenset[str]
    """Digests that the run may have left; empty text among them: it deleted it."""

    executable: bool | None
    """Whether it could be executed before; None: as it is now."""


def take_back(
    root: Path, home: Path, run_id: str, changes: Sequence[FileRow], archive: Archive
) -> tuple[str, ...]:
    """Make the files of a run what they were before it; blocks.

    A file that is as before is left alone, and so is one that has changed since.

    Args:
        root: A copy of the work directory.
        home: The work directory itself.
        run_id: The run.
        changes: Its files, as the row says.
        archive: Where the contents before are kept.

    Returns:
        One sentence for each way in which the files differ from those of then.

    Raises:
        CannotTakeBack: A content of then is not kept any more, or a path may not be
            used.
    """
    known = _recorded(run_id, home, archive)
    files = [_file(row, known) for row in changes]
    with open_tree(root) as tree:
        moved = [file.path for file in files if not _taken_back(tree, file, archive)]
    return (_moved(moved),) if moved else ()


def _taken_back(tree: Tree, file: _File, archive: Archive) -> bool:
    """Whether the file is what it was, now."""
    try:
        here = tree.look(file.path)
    except PathRefused:
        # Something else stands there now: a link, a directory.
        return False
    found = here.digest if here else ""
    if found == file.before:
        return True
    if found not in file.after:
        return False

    executable = file.executable
    if executable is None:
        executable = bool(here and here.mode & _EXECUTES)
    try:
        if file.before:
            content = archive.store.content(file.before)
            tree.write(file.path, content, executable)
        else:
            tree.remove(file.path, found)
    except PathRefused as error:
        raise _unusable(file.path, error.refusal.why) from error
    except EnvironmentProblem as error:
        raise CannotTakeBack(
            f"what {one_line(file.path, 100)} was before is not kept any more",
            "",
            "They are kept for workflow.keep_days, up to workflow.keep_megabytes",
        ) from error

    return True


def _recorded(
    run_id: str, home: Path, archive: Archive
) -> dict[str, tuple[set[str], bool | None]]:
    """By path: what the archive says that the run left, and the bit from before.

    Where only a part of its changes was kept, the row does not say what was left.
    """
    try:
        record = archive.record(run_id)
    except UsageError:
        # No run of ours has such a name.
        return {}
    if record is None or record.root != home:
        return {}

    undone = record.act == "undo"
    found: dict[str, tuple[set[str], bool | None]] = {}
    for step in record.steps:
        then, left = (step.after, step.before) if undone else (step.before, step.after)
        could = bool(then.mode & _EXECUTES) if then.digest else None
        found[step.path] = ({left.digest}, could)
    return found


def _file(row: FileRow, known: dict[str, tuple[set[str], bool | None]]) -> _File:
    try:
        name = check_name(row.path, ("*",))
    except BadName as error:
        raise _unusable(row.path, error.why) from error
    if name != row.path:
        raise _unusable(row.path, "is not written in its shortest form")
    for digest in (row.before, row.after):
        if digest and not _DIGEST.fullmatch(digest):
            raise _unusable(row.path, "has no digest")

    left, could = known.get(row.path, (set[str](), None))
    return _File(row.path, row.before, frozenset({row.after, *left}), could)


def _unusable(path: str, why: str) -> CannotTakeBack:
    shown = one_line(path, 100)
    return CannotTakeBack(f"its files cannot be made what they were: {shown} {why}")


def _moved(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _LISTED} more" if len(paths) > _LISTED else ""
    verb = "has" if len(paths) == 1 else "have"
    named = one_line(", ".join(paths[:_LISTED]) + more, 300)
    return f"on today's files: {named} {verb} changed since"
