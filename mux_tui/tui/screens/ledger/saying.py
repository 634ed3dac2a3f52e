"""What the ledger's screen says around its runs."""

from typing import TYPE_CHECKING

from textual.content import Content

from mux_tui.core.ledger.query import QueryError
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.ledger.listing import Listing

HELP = """
# Ledger

Every task that was ever run, the newest first, and all that is known of it.

- `/` finds runs: words of the task or the answer, `"a phrase"`, `prefix*`, and
  `route:claude,local` `status:failed` `reason:low_confidence` `verdict:fail`
  `is:escalated` `label:good` `model:qwen` `repo:shop` `file:auth/`
  `since:7d` `until:2026-11-01` `conf<0.6` `seconds>10` `cost>0.01` `tokens>10k`; a
  minus turns one round
- `f` chooses a filter, `s` saves the query as one
- `enter` opens a run, `left` and `right` change its tab, `esc` closes it
- `r` repeats it: here, or aside and compared; `R` all runs of the query
- `t` runs its task again on another route
- `L` says what it was worth: good, bad, a note; `U` takes back what it wrote
- `=` tells where these runs would have gone with other settings
- `c` shows charts, and there `v` what was saved
- `x` writes the runs to a file, `y` copies the run's id

On the command line: `mux ledger search QUERY`, `mux ledger stats QUERY`.
"""

NOTHING_KEPT = Content("Nothing is recorded.\nSee the doctor: f8")
UNREADABLE = Content("It cannot be read.\nSee the doctor: f8")


def empty(total: int) -> Content:
    """Stands where no run is: whether there are others, and what to press."""
    if total:
        return Content("No run matches.\nesc clears the query, f shows filters")

    return Content('No runs yet.\nGo to the cockpit (f12), or: mux run "a task"')


def count(listing: "Listing", total: int) -> str:
    """How many runs were found: `1,284 runs`, `37 of 1,284`, `37+ of 1,284`."""
    found = f"{len(listing):,}{'' if listing.complete else '+'}"
    return f"{found} of {total:,}" if listing.query.conditions else f"{found} runs"


def problem(error: QueryError) -> str:
    """Why what was typed is no query, and what would be one."""
    step = f". {error.next_step}" if error.next_step else ""
    return one_line(f"{error.what}{step}", 300)


def place(cursor: int, runs: int) -> str:
    """Where the cursor is, counted from 1; empty: there is no run."""
    return f"{cursor + 1:,} of {runs:,}" if runs else ""
