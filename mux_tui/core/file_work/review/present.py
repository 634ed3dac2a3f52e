"""Changes that are there already, as if they were written; values in, values out."""

from collections.abc import Collection
from dataclasses import replace

from mux_tui.core.change import ChangeSet, FileChange, digest
from mux_tui.core.workspace.plan import Existing, Read
from mux_tui.core.workspace.scratch.facts import Base, Copy, Entry


def over(present: ChangeSet, read: Read) -> Read:
    """What is at a path when `present` is written there.

    Args:
        present: Changes of what `read` tells.
        read: What is at a path now.
    """
    by_path = {change.path: change for change in present.changes}

    def reading(path: str) -> Existing:
        here = read(path)
        change = by_path.get(path)
        if change is None or here.refused:
            return here
        if here.content != change.before:
            return Existing(refused="has been changed meanwhile")

        return Existing(change.after, change.executable)

    return reading


def combined(present: ChangeSet, more: ChangeSet, base: Base) -> ChangeSet:
    """Two sets of changes as one, in which what cancels out is left out.

    Args:
        present: The first ones.
        more: Changes of what is there after them.
        base: How the files were before both.
    """
    by_path = {change.path: change for change in present.changes}
    for change in more.changes:
        first = by_path.get(change.path)
        by_path[change.path] = change if first is None else _joined(first, change)
    kept = tuple(one for one in by_path.values() if _does_something(one, base))
    return replace(
        present,
        changes=kept,
        commands=_both(present.commands, more.commands),
        notes=_both(present.notes, more.notes),
    )


def showing(copy: Copy, present: ChangeSet) -> Copy:
    """A copy that `present` was put into, as its files are now."""
    files = dict(copy.base.files)
    for change in present.changes:
        if change.after is None:
            files.pop(change.path, None)
        else:
            sizes = (0, len(change.after), 0, 0)
            files[change.path] = Entry(digest(change.after), change.executable, sizes)
    return replace(copy, base=replace(copy.base, files=files))


def _joined(first: FileChange, then: FileChange) -> FileChange:
    return replace(
        then,
        before=first.before,
        confidence=min(first.confidence, then.confidence),
        note="; ".join(_both((first.note,), (then.note,))),
    )


def _does_something(change: FileChange, base: Base) -> bool:
    entry = base.files.get(change.path)
    other_mode = entry is not None and entry.executable != change.executable
    return change.before != change.after or (change.after is not None and other_mode)


def _both(first: Collection[str], then: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in (*first, *then) if one))
