"""What changes in a file, line by line: to show, to choose from, and to hand to git.

Lines are split at `\\n` alone and keep what else they hold, so that the parts of a
change put together are the bytes that it was made of.
"""

from mux_tui.core.workspace.diff.hunks import (
    Counts,
    Hunk,
    Line,
    counts,
    hunks,
    is_binary,
)
from mux_tui.core.workspace.diff.patch import patch, unified
from mux_tui.core.workspace.diff.rows import Row, rows
from mux_tui.core.workspace.diff.select import selected, units

__all__ = [
    "Counts",
    "Hunk",
    "Line",
    "Row",
    "counts",
    "hunks",
    "is_binary",
    "patch",
    "rows",
    "selected",
    "unified",
    "units",
]
