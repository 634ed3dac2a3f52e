"""Ending what a mux that was killed had begun.

Each transition that was cut off is finished or taken back, so that its tree is wholly
the new or wholly the old one. Files that somebody else has changed meanwhile are left
alone, and told. Everything here blocks: call it in a thread, at the start of mux.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mux_tui.core.errors import EnvironmentProblem, MuxError, UsageError
from mux_tui.core.text import one_line
from mux_tui.core.workspace.archive import Archive, Busy
from mux_tui.core.workspace.carry import clear, settle
from mux_tui.core.workspace.transition import Act, Transition
from mux_tui.core.workspace.tree import Tree, open_tree

Ended = Literal["finished", "taken_back", "waiting"]
"""What became of it. `waiting`: it could not be ended now, and is tried again."""


@dataclass(frozen=True)
class Recovered:
    """One transition that was cut off."""

    run_id: str
    root: Path
    act: Act
    """What was under way."""

    ended: Ended
    left: tuple[str, ...] = ()
    """Files that somebody else has changed meanwhile, and which stay as they are."""

    why: str = ""
    """What it waits for, as one clause."""


def recover(archive: Archive, closed: Iterable[Path] = ()) -> tuple[Recovered, ...]:
    """End every transition that was cut off, but none that is under way.

    Args:
        archive: What mux remembers.
        closed: Directories that are not entered: mux's own.

    Raises:
        EnvironmentProblem: The archive cannot be read or written.
    """
    avoided = (archive.directory, *closed)
    found = (_recovered(archive, cut, avoided) for cut in archive.pending())
    return tuple(recovered for recovered in found if recovered)


def mend(tree: Tree, archive: Archive) -> None:
    """End what was cut off in one work directory. Call it while the root is held.

    Raises:
        EnvironmentProblem: Something cannot be ended now.
    """
    for cut in archive.pending():
        if not _is_of(tree, cut):
            continue
        recovered = end(tree, archive, cut)
        if recovered.ended == "waiting":
            raise EnvironmentProblem(
                f"an earlier change of {one_line(str(tree.root))} was cut off, and"
                " cannot be ended",
                recovered.why,
                "Nothing was changed. Clear that away, and try again",
            )


def end(tree: Tree, archive: Archive, cut: Transition) -> Recovered:
    """Finish a transition or take it back. Call it while the root is held."""
    try:
        if cut.phase == "staging":
            clear(tree, archive, cut)
            return Recovered(cut.run_id, tree.root, cut.act, "taken_back")
        if cut.phase == "returning":
            left = settle(tree, archive, cut, "before")
            archive.forget(cut)
            return Recovered(cut.run_id, tree.root, cut.act, "taken_back", left)
        left = settle(tree, archive, cut, "after")
        archive.complete(cut)
    except MuxError as error:
        why = ": ".join(part for part in (error.what, error.why) if part)
        return Recovered(cut.run_id, tree.root, cut.act, "waiting", why=why)

    return Recovered(cut.run_id, tree.root, cut.act, "finished", left)


def _recovered(
    archive: Archive, cut: Transition, closed: Iterable[Path]
) -> Recovered | None:
    try:
        with archive.root_held(cut.inode, 0):
            # Between the reading and the lock its own mux may have gone on with it.
            now = next((one for one in archive.pending() if one.id == cut.id), None)
            return _ended(archive, now, closed) if now else None
    except Busy:
        return None


def _ended(archive: Archive, cut: Transition, closed: Iterable[Path]) -> Recovered:
    try:
        with open_tree(cut.root, closed) as tree:
            if _is_of(tree, cut):
                return end(tree, archive, cut)
            why = "another directory is in its place"
    except UsageError as error:
        why = error.why

    return Recovered(cut.run_id, cut.root, cut.act, "waiting", why=why)


def _is_of(tree: Tree, cut: Transition) -> bool:
    """Whether a transition is one of this work directory, moved or mounted anew."""
    if cut.inode != tree.inode:
        return False

    return cut.device == tree.device or cut.root == tree.root
