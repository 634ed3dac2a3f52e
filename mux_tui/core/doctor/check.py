"""One finding of the doctor, what mends it, and all findings together."""

import shlex
from dataclasses import dataclass
from typing import Literal

SCHEMA = "mux.doctor/1"

CheckStatus = Literal["ok", "note", "warning", "problem"]
"""`note`: not there, and not needed. `warning`: mux works, with less. `problem`: mux
cannot do its work until this is mended."""


@dataclass(frozen=True)
class Fix:
    """One way to mend a finding."""

    does: str
    """What it does, in a few words that an imperative begins."""

    command: str = ""
    """What to type for it; empty: it is nothing that is typed."""

    steps: tuple[tuple[str, ...], ...] = ()
    """The same as calls of mux, each without the `mux`, that mux may make by itself
    once the user says so; empty: it needs a person, a terminal, or another program."""


def own_fix(does: str, *steps: tuple[str, ...]) -> Fix:
    """A fix that mux can apply by itself, by calling itself."""
    return Fix(does, " && ".join(shlex.join(("mux", *step)) for step in steps), steps)


STARTER = own_fix("Install the small starter model", ("setup", "--starter", "--yes"))
SERVER_LOG = own_fix("Show the end of the server's log", ("server", "logs"))


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

    fixes: tuple[Fix, ...] = ()
    """The same one by one, the best first; empty: `fix` says it all."""

    @property
    def ways(self) -> tuple[Fix, ...]:
        """Every way to mend it; a `fix` without details is one of its own."""
        return self.fixes or ((Fix(self.fix),) if self.fix else ())


@dataclass(frozen=True)
class Report:
    """All findings."""

    checks: tuple[Check, ...]

    @property
    def todo(self) -> tuple[Fix, ...]:
        """What mends warnings and problems, each once; the first has number 1."""
        found = (fix for check in self.checks for fix in _wanted(check))
        return tuple(dict.fromkeys(found))

    def numbers(self, check: Check) -> tuple[int, ...]:
        """The numbers of what mends `check`."""
        todo = self.todo
        return tuple(todo.index(fix) + 1 for fix in _wanted(check))

    @property
    def status(self) -> CheckStatus:
        """The worst of them."""
        order: tuple[CheckStatus, ...] = ("problem", "warning", "ok")
        found = {check.status for check in self.checks}
        for status in order:
            if status in found:
                return status

        return "ok"


def _wanted(check: Check) -> tuple[Fix, ...]:
    return check.ways if check.status in ("warning", "problem") else ()
