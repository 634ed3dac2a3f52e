"""Changes for files that are not what they were: carried over, where that is possible.

Only what was changed meanwhile is merged, three-way; what is in conflict is left to the
user, because nobody proved it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.workspace.merge import merged
from mux_tui.core.workspace.plan import Existing

_NAMES = ("now", "proposed")


@dataclass(frozen=True)
class Rebased:
    """The changes as they are for the present files."""

    changes: ChangeSet
    conflicts: tuple[str, ...] = ()
    """Files whose changes do not fit any more; with one, nothing can be applied."""

    moved: tuple[str, ...] = ()
    """Files that had changed, and whose changes still fit."""


def rebased(changes: ChangeSet, read: Callable[[str], Existing]) -> Rebased:
    """Carry changes over to the files that are there now.

    Args:
        changes: Made for the files as they were.
        read: What is at a path now, as `existing.reader` tells it.
    """
    kept: list[FileChange] = []
    conflicts: list[str] = []
    moved: list[str] = []
    for change in changes.changes:
        here = read(change.path)
        if not here.refused and here.content == change.before:
            kept.append(change)
        elif (fitting := _fitting(change, here)) is None:
            conflicts.append(change.path)
        else:
            moved.append(change.path)
            if fitting.before != fitting.after:
                kept.append(fitting)

    return Rebased(
        replace(changes, changes=tuple(kept)), tuple(conflicts), tuple(moved)
    )


def _fitting(change: FileChange, here: Existing) -> FileChange | None:
    """The change for what is there now; None: it does not fit."""
    if here.refused:
        return None
    if here.content == change.after:
        return replace(change, before=here.content)
    if None in (change.before, change.after, here.content):
        return None

    assert change.before is not None
    assert change.after is not None
    assert here.content is not None
    both = merged(change.before, here.content, change.after, _NAMES)
    if both is None or both.conflicts:
        return None

    return replace(change, before=here.content, after=both.content)
