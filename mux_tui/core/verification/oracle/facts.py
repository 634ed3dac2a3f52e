"""The facts of a proof: what is run, what it said, and what that says of a change."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mux_tui.core.task import VerdictStatus

Kind = Literal["floor", "command", "check", "tests"]
"""`floor`: what changed can be parsed. `command`: the user's own word on what must
hold. `check`: a type checker or linter. `tests`: the project's tests."""

Reading = Literal[
    "parse",
    "junit",
    "unittest",
    "tap",
    "jest",
    "cargo",
    "go",
    "findings",
    "eslint",
    "script",
    "exit",
]
"""How its output is read. `script`: whatever a script of the project prints; `exit`:
only the exit status counts."""

CaseOutcome = Literal["pass", "fail", "skip"]

REPORT = "\0report"
"""Stands in an oracle's words for the file that its results go to."""


LENT = "\0lent"
"""Stands there for the root that what it is lent is found under."""


@dataclass(frozen=True)
class Oracle:
    """One thing that can prove a change, and how it is started."""

    name: str
    """Unique among the oracles of one project: `pytest`, `pytest in web`."""

    kind: Kind
    argv: tuple[str, ...]
    """Program and arguments, never for a shell. The program is a name on PATH, or a
    path from the project's root."""

    why: str
    """One sentence on why it was chosen."""

    where: str = "."
    """The directory it runs in, from the root."""

    reading: Reading = "exit"
    lends: tuple[str, ...] = ()
    """Directories of the project that it needs and no copy holds, such as a virtual
    environment; from the root."""

    recipe: tuple[str, ...] = ()
    """The files that decide what it runs, such as a Makefile; `**/name` is a file of
    that name anywhere, and a star in it any characters."""

    @property
    def needs(self) -> str:
        """The program without which it can say nothing."""
        return self.argv[0] if self.argv else ""


@dataclass(frozen=True)
class Case:
    """One test, or one finding of a checker, by a name that stays when lines move."""

    name: str
    """Safe to show."""

    outcome: CaseOutcome
    detail: str = ""
    """What it says of its failure, safe to show."""


@dataclass(frozen=True)
class Proof:
    """What one oracle said of one tree."""

    oracle: str
    kind: Kind
    status: VerdictStatus
    summary: str
    """One sentence, safe to show."""

    passing: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    """Tests that failed once and passed once; in none of the others."""

    lines: tuple[str, ...] = ()
    """The lines that matter, safe to show; empty when it passed."""

    seconds: float = 0.0
    sandboxed: bool = False
    sandbox: str = ""
    """What kept it in: a clause, or why nothing did."""

    command: tuple[str, ...] = ()
    """What was run, safe to show."""

    @property
    def named(self) -> bool:
        """Whether it tells which tests passed and which failed."""
        return bool(self.passing or self.failing or self.flaky)


@dataclass(frozen=True)
class Comparison:
    """What one oracle says of a change: after it, against before it."""

    oracle: Oracle
    status: VerdictStatus
    summary: str
    after: Proof
    before: Proof | None = None
    """None: the untouched copy was not tried."""

    broke: tuple[str, ...] = ()
    """Failing now, and not before."""

    fixed: tuple[str, ...] = ()
    """Passing now, and failing before."""

    still_failing: tuple[str, ...] = ()
    """Failing before and now."""

    gone: tuple[str, ...] = ()
    """Passing or failing before, and neither now: deleted, or skipped."""


@dataclass(frozen=True)
class Room:
    """Where an oracle runs."""

    scratch: Path
    """The copy. What runs may change and even delete all of it: it is for proving
    only, and nothing is taken back from it."""

    project: Path
    """The user's own tree; what an oracle is lent comes from there, read-only. In a
    sandbox that can, the copy is seen under this path."""

    lent: tuple[str, ...] = ()
    """More that the copy lacks and that what runs may need, from the root: what git
    ignores. No links to it may stand in the copy."""


@dataclass(frozen=True)
class Limits:
    """What one run of an oracle may use."""

    seconds: float = 600.0
    output: int = 4 * 1024 * 1024
    """Bytes kept of each pipe; more is read and dropped."""

    processes: int = 1_024
    memory: int = 8 * 1024**3
    """Bytes that all its processes together really hold."""

    file_size: int = 2 * 1024**3
    """Bytes of one file."""
