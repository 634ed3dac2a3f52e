"""A part of a change: the hunks that somebody keeps."""

from collections.abc import Set as AbstractSet
from dataclasses import replace

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.diff.hunks import (
    CONTEXT,
    changed_groups,
    is_binary,
    lines_of,
)


def units(change: FileChange) -> int:
    """How many parts can be kept or skipped: its hunks, at least one.

    What has no hunks (a binary file, a permission, an empty file) is one part, with
    the number 0; so is a file that is added or deleted.
    """
    if _is_whole(change):
        return 1

    return max(1, len(changed_groups(change.before, change.after, CONTEXT)))


def selected(change: FileChange, keep: AbstractSet[int]) -> FileChange:
    """The same change with only some of its parts.

    Args:
        change: The whole change.
        keep: The numbers of the parts that are kept, as `hunks()` with the usual
            context counts them; others are nobody's.

    Returns:
        A change whose `after` is `before` where nothing is kept. Its `executable` is
        the whole change's: a caller who keeps nothing has nothing to apply.
    """
    count = units(change)
    kept = {number for number in keep if 0 <= number < count}
    if len(kept) == count:
        return change
    if not kept:
        return replace(change, after=change.before)

    old, new = lines_of(change.before), lines_of(change.after)
    made: list[bytes] = []
    at = 0
    groups = changed_groups(change.before, change.after, CONTEXT)
    for number, group in enumerate(groups):
        for region in group:
            made += old[at : region.before_start]
            if number in kept:
                made += new[region.after_start : region.after_end]
            else:
                made += old[region.before_start : region.before_end]
            at = region.before_end
    made += old[at:]
    return replace(change, after=b"".join(made))


def _is_whole(change: FileChange) -> bool:
    if change.before is None or change.after is None:
        return True

    return is_binary(change.before) or is_binary(change.after)
