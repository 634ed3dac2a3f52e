"""One finding of the doctor, and all of them together."""

from dataclasses import dataclass
from typing import Literal

SCHEMA = "mux.doctor/1"

CheckStatus = Literal["ok", "note", "warning", "problem"]
"""`note`: not there, and not needed. `warning`: mux works, with less. `problem`: mux
cannot do its work until this is mended."""


@dataclass(frozen=True)
class Check:
    """One finding."""

    id: str
    """Stable, for scripts."""

    status: CheckStatus
    summary: str
    """One line."""

    detail: str = ""
    """More lines, safe to show; empty: the summary says it all."""

    fix: str = ""
    """What to do, as a command where there is one; empty: nothing."""


@dataclass(frozen=True)
class Report:
    """All findings."""

    checks: tuple[Check, ...]

    @property
    def status(self) -> CheckStatus:
        """The worst of them."""
        order: tuple[CheckStatus, ...] = ("problem", "warning", "ok")
        found = {check.status for check in self.checks}
        for status in order:
            if status in found:
                return status

        return "ok"
