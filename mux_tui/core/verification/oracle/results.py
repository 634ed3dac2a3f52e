"""What a run of an oracle says: pass, fail, or unknown.

| the run                                             | says    |
|-----------------------------------------------------|---------|
| a test failed                                       | fail    |
| exit 0, and at least one test passed                | pass    |
| exit 0, of what tells no tests                      | pass    |
| exit 0, and no test ran, or all were skipped        | unknown |
| another exit status, all tests passed               | fail    |
| another exit status, and the runner was not able    | unknown |
| another exit status, of what tells no tests         | fail    |
| the program crashed (SIGSEGV, SIGABRT, …)           | fail    |
| something else ended it, or one of its limits did   | unknown |

A test that failed before a limit was reached has failed all the same.
"""

import re
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.process.run import Exit
from mux_tui.core.task import VerdictStatus
from mux_tui.core.text import one_line
from mux_tui.core.verification.oracle.facts import Case, Oracle, Proof, Reading
from mux_tui.core.verification.oracle.reading import (
    compiled,
    findings,
    javascript,
    python,
)
from mux_tui.core.verification.oracle.reading.case import merged, tail

_LINES = 40
_CRASHES = frozenset(
    {
        signal.SIGSEGV,
        signal.SIGABRT,
        signal.SIGBUS,
        signal.SIGFPE,
        signal.SIGILL,
        signal.SIGTRAP,
        signal.SIGSYS,
    }
)
_SHOWN_NAMES = 3
_NOT_BEGUN = re.compile(r"^(?:mux: cannot start |bwrap: |sandbox-exec: )", re.MULTILINE)
"""What our own launcher and the sandboxes say when nothing was run at all."""

_NOT_ABLE = re.compile(
    r"No module named '?(?:pytest|mypy|ruff)\b|command not found|: not found$"
    r"|Missing script|No rule to make target 'test'",
    re.MULTILINE,
)
"""What a runner says when it could not begin; only read when no test failed."""

_RUNNER_NOT_ABLE = re.compile(
    r"INTERNALERROR|unrecognized arguments|usage: |Could not resolve host|ENOTFOUND"
    r"|EAI_AGAIN|ENOTCACHED|failed to download|no matching package named"
    r"|attempting to make an HTTP request, but --offline|module lookup disabled"
    r"|missing go\.sum entry|cannot find module providing"
    r"|toolchain .* is not installed|rustup could not choose",
    re.MULTILINE,
)
"""The same of the runners whose tests we know by name: a test could print these too,
but then it would have failed by name."""

_NO_TESTS = re.compile(
    r"^(?:no tests? (?:ran|found|to run|files)|Ran 0 tests|collected 0 items"
    r"|.*\[no test files\]|No test files found|0 passing|1\.\.0$)",
    re.MULTILINE | re.IGNORECASE,
)
_NOT_ABLE_CODES = {
    # Pytest: interrupted, its own fault, wrong usage, nothing collected.
    "junit": frozenset({2, 3, 4, 5}),
    "unittest": frozenset({5}),
    "findings": frozenset({2, 3, 4}),
    "eslint": frozenset({2}),
    # The parser's exit status says only whether it ran.
    "parse": frozenset(range(1, 256)),
    "script": frozenset({126, 127}),
    "exit": frozenset({126, 127}),
}


@dataclass(frozen=True)
class Ended:
    """A run that is over, with all that is left of it; all of it foreign."""

    stdout: str
    stderr: str
    end: Exit | None
    """None: we ended it, because of `breach`."""

    breach: str = ""
    """Which limit of all its processes it broke: a clause."""

    report: bytes = b""
    folders: tuple[Path, ...] = ()
    """Where it ran: left out of the names of tests, which are then the same in every
    copy."""


def read(oracle: Oracle, ended: Ended) -> Proof:
    """Read what a run says."""
    clean = _without(ended)
    cases = merged(_cases(oracle, clean))
    if oracle.reading == "script" and clean.end and clean.end.code == 0:
        # Marks in what any script prints are a guess; that it is content is none.
        cases = tuple(one for one in cases if one.outcome != "fail")
    passing = _names(cases, "pass")
    failing = _names(cases, "fail")
    skipped = _names(cases, "skip")
    status, told = _judge(oracle, clean, passing, failing, skipped)
    return Proof(
        oracle.name,
        oracle.kind,
        status,
        one_line(f"{oracle.name}: {told}"),
        passing,
        failing,
        skipped,
        lines=() if status == "pass" else _lines(cases, clean),
        seconds=ended.end.seconds if ended.end else 0.0,
    )


def _names(cases: Sequence[Case], outcome: str) -> tuple[str, ...]:
    return tuple(one.name for one in cases if one.outcome == outcome)


def _without(ended: Ended) -> Ended:
    """The same, with paths told from where it ran."""
    stdout, stderr, report = ended.stdout, ended.stderr, ended.report
    for folder in sorted({str(path) for path in ended.folders}, key=len, reverse=True):
        for prefix in (f"{folder}/", folder):
            shorter = "" if prefix.endswith("/") else "."
            stdout = stdout.replace(prefix, shorter)
            stderr = stderr.replace(prefix, shorter)
            report = report.replace(prefix.encode(), shorter.encode())

    return Ended(stdout, stderr, ended.end, ended.breach, report)


def _cases(oracle: Oracle, ended: Ended) -> list[Case]:
    return _READERS[oracle.reading](ended)


def _tap(ended: Ended) -> list[Case]:
    return javascript.tap(ended.report.decode("utf-8", "replace") or ended.stdout)


def _findings(ended: Ended) -> list[Case]:
    return findings.findings(f"{ended.stdout}\n{ended.stderr}")


def _none(ended: Ended) -> list[Case]:
    del ended
    return []


_READERS: dict[Reading, Callable[[Ended], list[Case]]] = {
    "parse": lambda ended: findings.parsed(ended.stdout),
    "junit": lambda ended: python.junit(ended.report),
    "unittest": lambda ended: python.unittest(ended.stderr),
    "tap": _tap,
    "jest": lambda ended: javascript.jest(ended.report),
    "cargo": lambda ended: compiled.cargo(ended.stdout),
    "go": lambda ended: compiled.go(ended.stdout),
    "findings": _findings,
    "eslint": lambda ended: findings.found(javascript.eslint(ended.report)),
    "script": lambda ended: javascript.spec(ended.stdout),
    "exit": _none,
}


def _judge(
    oracle: Oracle,
    ended: Ended,
    passing: Sequence[str],
    failing: Sequence[str],
    skipped: Sequence[str],
) -> tuple[VerdictStatus, str]:
    if failing:
        return "fail", _failed(oracle, passing, failing)
    if ended.breach or ended.end is None:
        return "unknown", f"ended by mux: it {ended.breach}"
    if ended.end.stopped:
        return "unknown", f"did not end within {ended.end.seconds:.0f} s"

    number = _signal(ended.end)
    if number is not None:
        crashed = number in _CRASHES
        return "fail" if crashed else "unknown", f"was ended by {_signal_name(number)}"
    if ended.end.code == 0:
        return _good(oracle, ended, passing, skipped)

    return _bad(oracle, ended, passing)


def _failed(oracle: Oracle, passing: Sequence[str], failing: Sequence[str]) -> str:
    names = ", ".join(failing[:_SHOWN_NAMES])
    more = f" and {len(failing) - _SHOWN_NAMES} more" if len(failing) > 3 else ""
    if oracle.kind == "check":
        many = "finding" if len(failing) == 1 else "findings"
        return f"{len(failing)} {many}: {names}{more}"

    return f"{len(failing)} of {len(failing) + len(passing)} failed: {names}{more}"


def _good(
    oracle: Oracle, ended: Ended, passing: Sequence[str], skipped: Sequence[str]
) -> tuple[VerdictStatus, str]:
    if passing:
        more = f", {len(skipped)} skipped" if skipped else ""
        return "pass", f"{len(passing)} passed{more}"
    if skipped:
        what = "could not be parsed here" if oracle.kind == "floor" else "were skipped"
        return "unknown", f"all {len(skipped)} {what}"
    if oracle.reading in ("findings", "eslint"):
        return "pass", "no findings"

    both = f"{ended.stdout}\n{ended.stderr}"
    if oracle.reading not in ("script", "exit"):
        return "unknown", "no tests ran"
    if oracle.kind == "tests" and (
        javascript.counted(both) == 0 or _NO_TESTS.search(both)
    ):
        return "unknown", "no tests ran"

    return "pass", "exit status 0"


def _bad(
    oracle: Oracle, ended: Ended, passing: Sequence[str]
) -> tuple[VerdictStatus, str]:
    code = ended.end.code if ended.end else None
    both = f"{ended.stdout}\n{ended.stderr}"
    if _NOT_BEGUN.search(ended.stderr):
        return "unknown", f"could not run: {_first_line(ended.stderr)}"
    if passing:
        return "fail", f"all {len(passing)} passed, but it ended with status {code}"
    why = _why_not_able(oracle, both)
    if why is not None and oracle.kind != "command":
        return "unknown", f"could not run: {_line_of(both, why.start())}"
    if code in _NOT_ABLE_CODES.get(oracle.reading, ()):
        none = oracle.reading in ("junit", "unittest") and code == 5
        return "unknown", "no tests ran" if none else f"could not run: status {code}"
    if oracle.reading in ("junit", "findings", "eslint", "jest"):
        return "unknown", f"ended with status {code} and told no results"

    return "fail", f"ended with status {code}"


def _why_not_able(oracle: Oracle, text: str) -> re.Match[str] | None:
    found = _NOT_ABLE.search(text)
    if found is None and oracle.reading != "script":
        found = _RUNNER_NOT_ABLE.search(text)
    return found


def _first_line(text: str) -> str:
    return one_line(text.strip().split("\n", 1)[0], 160)


def _line_of(text: str, place: int) -> str:
    begin = text.rfind("\n", 0, place) + 1
    return one_line(text[begin : begin + 200].split("\n", 1)[0], 160)


def _signal(end: Exit) -> int | None:
    """The signal that ended it; a sandbox and a shell tell it as 128 and more."""
    if end.signal is not None:
        return end.signal
    if end.code is not None and 128 < end.code < 128 + signal.NSIG:
        return end.code - 128

    return None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _lines(cases: Sequence[Case], ended: Ended) -> tuple[str, ...]:
    """What the failures say; where they say nothing, the end of all output."""
    told: list[str] = []
    for one in cases:
        if one.outcome == "fail" and len(told) < _LINES:
            told.append(one.name)
            told += [f"  {line}" for line in one.detail.split("\n") if line]
    if any(one.detail for one in cases if one.outcome == "fail"):
        return tuple(told[:_LINES])

    passed_over = [f"{one.name}: {one.detail}" for one in cases if one.detail]
    if passed_over:
        return tuple(passed_over[:_LINES])

    output = [*tail(ended.stdout, _LINES), *tail(ended.stderr, _LINES)]
    return tuple([*told[:_LINES], *output][-_LINES:])
