"""A hunk as rows of two columns: before on the left, after on the right."""

from dataclasses import dataclass
from itertools import zip_longest

from mux_tui.core.workspace.diff.hunks import Hunk, Line


@dataclass(frozen=True)
class Row:
    """What stands side by side; None: nothing."""

    left: Line | None
    right: Line | None


def rows(hunk: Hunk) -> tuple[Row, ...]:
    """Pair a hunk's lines: unchanged ones with themselves, removed with added ones."""
    found: list[Row] = []
    removed: list[Line] = []
    added: list[Line] = []
    for line in hunk.lines:
        if line.kind == "removed":
            if added:
                found += _paired(removed, added)
                removed, added = [], []
            removed.append(line)
        elif line.kind == "added":
            added.append(line)
        else:
            found += _paired(removed, added)
            removed, added = [], []
            found.append(Row(line, line))

    return (*found, *_paired(removed, added))


def _paired(removed: list[Line], added: list[Line]) -> list[Row]:
    return [Row(left, right) for left, right in zip_longest(removed, added)]
