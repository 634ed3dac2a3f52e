"""Changes that wait for a yes: nothing of them is in the user's files yet."""

from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.change import ChangeSet
from mux_tui.core.task import Route, Verdict
from mux_tui.core.work import Finding, Work


@dataclass(frozen=True)
class Proposal:
    """What would be written, who made it, and what proves it."""

    run_id: str
    number: int
    """The attempt it comes from."""

    route: Route
    model: str
    root: Path
    """The work directory."""

    changes: ChangeSet
    """What would be written, with contents."""

    work: Work
    """The same in numbers, and as a patch."""

    verdict: Verdict | None = None
    findings: tuple[Finding, ...] = ()
    """What a review held against it; empty also when there was none."""

    reviewer: Route | None = None
    """Who reviewed it; None: nobody."""

    again: str = ""
    """Why it is proposed once more, such as that files have changed; empty: it is the
    first time."""
