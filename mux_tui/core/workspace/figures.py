"""Changes in numbers and as a patch, for whoever needs no contents."""

from collections.abc import Mapping
from dataclasses import replace

from mux_tui.core.change import ChangeSet, FileChange, digest
from mux_tui.core.work import FileStat, Work
from mux_tui.core.workspace.diff import counts, patch, units

_MOST_PATCH = 4 * 1024 * 1024
"""Characters of a patch; what is longer is not kept as text."""


def work_of(changes: ChangeSet, left_behind: tuple[str, ...] = ()) -> Work:
    """What an attempt would do; blocks for as long as it takes to compare.

    Args:
        changes: All of it.
        left_behind: What stays in the copy, as told to people.
    """
    text = patch(changes.changes)
    notes = changes.notes
    if len(text) > _MOST_PATCH:
        notes = (*notes, f"the patch has {len(text):,} characters and is not kept")
        text = ""
    return Work(
        tuple(_stat(change) for change in changes.changes),
        text,
        changes.refused,
        summary=changes.summary,
        commands=changes.commands,
        notes=notes,
        left_behind=left_behind,
    )


def with_kept(files: tuple[FileStat, ...], kept: ChangeSet) -> tuple[FileStat, ...]:
    """The same numbers, and how much of each file's change was kept."""
    by_path = {change.path: change for change in kept.changes}
    return tuple(_kept(file, by_path) for file in files)


def _stat(change: FileChange) -> FileStat:
    lines = counts(change.before, change.after)
    return FileStat(
        change.path,
        change.kind,
        lines.added,
        lines.removed,
        units(change),
        digest(change.before),
        digest(change.after),
        change.executable,
        change.confidence,
        change.note,
    )


def _kept(file: FileStat, by_path: Mapping[str, FileChange]) -> FileStat:
    change = by_path.get(file.path)
    if change is None:
        return replace(file, kept=0)
    if digest(change.after) == file.after:
        return replace(file, kept=file.hunks)

    return replace(file, kept=min(units(change), file.hunks))
