"""Writing a draft into a copy, and taking it out again.

The copy is ours, but what ran in it is not: everything is written as in the user's own
tree, one component at a time and never through a link.
"""

from collections.abc import Collection, Iterable
from pathlib import Path

from mux_tui.core.change import FileChange, digest
from mux_tui.core.workspace.names import BadName, check_name
from mux_tui.core.workspace.refused import PathChanged, PathRefused
from mux_tui.core.workspace.scratch.facts import Copy
from mux_tui.core.workspace.tree import Tree, open_tree


def put(copy: Copy, changes: Iterable[FileChange], allow: Collection[str] = ()) -> None:
    """Write changes into a copy; blocks, so call it in a thread.

    All of them are looked at before the first is written.

    Args:
        copy: Holds each file as its change says that it was before.
        changes: What a draft would do.
        allow: Patterns of names whose protection is lifted, as in `check_name`.

    Raises:
        PathChanged: A file in the copy is not what a change says it was.
        PathRefused: A path may not be written.
    """
    _write(copy.path, tuple(changes), allow)


def restore(copy: Copy, changes: Iterable[FileChange]) -> None:
    """Take changes out of a copy that `changes_in` has found in it; blocks.

    Raises:
        PathChanged: A file is not what a change says any more.
        PathRefused: A path may not be written.
    """
    files = copy.base.files
    back = (
        FileChange(
            change.path,
            change.after,
            change.before,
            change.path in files and files[change.path].executable,
        )
        for change in changes
    )
    _write(copy.path, tuple(back), ())


def _write(path: Path, changes: tuple[FileChange, ...], allow: Collection[str]) -> None:
    with open_tree(path) as tree:
        for change in changes:
            _look(tree, change, allow)
        for change in changes:
            # First what goes, so that a directory may take the place of a file.
            if change.after is None:
                tree.remove(change.path, digest(change.before))
        for change in changes:
            if change.after is not None:
                tree.write(change.path, change.after, change.executable)


def _look(tree: Tree, change: FileChange, allow: Collection[str]) -> None:
    try:
        name = check_name(change.path, allow)
    except BadName as error:
        raise PathRefused(change.path, error.why) from error
    if name != change.path:
        raise PathRefused(change.path, "is not written in its shortest form")

    here = tree.look(change.path)
    if (here.digest if here else "") != digest(change.before):
        raise PathChanged(change.path)
