"""A copy of a work directory, in which drafts are tried.

| module       | does                                                                |
|--------------|---------------------------------------------------------------------|
| `copy`       | makes a copy, keeps it for as long as it is needed, removes it       |
| `facts`      | what is known of a copy: its files as they were copied, what is not  |
| `heavy`      | names of what is installed or cached, and not copied                 |
| `ignore`     | asks git what it ignores, so that nothing of the repository runs     |
| `filling`    | copies, directory by directory, never through a link                 |
| `file_copy`  | copies one file, sharing its blocks where the file system can        |
| `home`       | the directory that a copy is in; what killed processes have left     |
| `clock`      | what time it is for the file system of a copy                       |
| `removal`    | removes a directory, whatever is in it                               |
| `parent`     | the directory that a path is in, reached through no link             |
| `reset`      | brings a copy back to what it was, for the next who needs one        |
| `put`        | writes a draft into the copy, and takes it out again                 |
| `linking`    | lends the copy what was left out of it                               |
| `changes_in` | what somebody has changed in the copy                                |
"""

from mux_tui.core.workspace.scratch.changes_in import CopyChanges, changes_in
from mux_tui.core.workspace.scratch.clock import now_at
from mux_tui.core.workspace.scratch.copy import scratch_copy, to_the_end
from mux_tui.core.workspace.scratch.facts import (
    Copy,
    CopyTooLarge,
    LeftOut,
    ScratchOptions,
)
from mux_tui.core.workspace.scratch.linking import linked
from mux_tui.core.workspace.scratch.put import put, restore
from mux_tui.core.workspace.scratch.reset import is_current, reset

__all__ = [
    "Copy",
    "CopyChanges",
    "CopyTooLarge",
    "LeftOut",
    "ScratchOptions",
    "changes_in",
    "is_current",
    "linked",
    "now_at",
    "put",
    "reset",
    "restore",
    "scratch_copy",
    "to_the_end",
]
