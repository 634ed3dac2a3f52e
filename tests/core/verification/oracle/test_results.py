"""Pass, fail or unknown: what each way to end says."""

import signal
from pathlib import Path

import pytest

from mux_tui.core.process.run import Exit, Stopped
from mux_tui.core.verification.oracle.facts import Kind, Oracle, Reading
from mux_tui.core.verification.oracle.results import Ended, read


def ended(
    code: int | None = 0,
    out: str = "",
    *,
    err: str = "",
    number: int | None = None,
    stopped: Stopped = "",
    report: bytes = b"",
) -> Ended:
    """A run that is over."""
    return Ended(out, err, Exit(code, number, stopped, "", 1.0), report=report)


def oracle(reading: Reading = "exit", kind: Kind = "tests") -> Oracle:
    """An oracle with an output of some kind."""
    return Oracle("it", kind, ("it",), "because", reading=reading)


_PASSED = b'<testsuite><testcase name="a"/></testsuite>'
_FAILED = b'<testsuite><testcase name="a"><failure/></testcase></testsuite>'
_SKIPPED = b'<testsuite><testcase name="a"><skipped/></testcase></testsuite>'


@pytest.mark.parametrize(
    ("reading", "run", "status", "words"),
    [
        ("junit", ended(0, report=_PASSED), "pass", "1 passed"),
        ("junit", ended(1, report=_FAILED), "fail", "1 of 1 failed: a"),
        ("junit", ended(0, report=_FAILED), "fail", "1 of 1 failed"),
        ("junit", ended(0, report=_SKIPPED), "unknown", "all 1 were skipped"),
        ("junit", ended(0), "unknown", "no tests ran"),
        ("junit", ended(5), "unknown", "no tests ran"),
        ("junit", ended(4, err="error: usage: x"), "unknown", "could not run"),
        ("junit", ended(3), "unknown", "could not run"),
        ("junit", ended(1, report=_PASSED), "fail", "all 1 passed, but"),
        ("junit", ended(1, err="No module named pytest"), "unknown", "No module"),
        ("junit", ended(1), "unknown", "told no results"),
        ("unittest", ended(0, err="Ran 0 tests in 0.0s\n\nOK"), "unknown", "no tests"),
        ("unittest", ended(5, err="NO TESTS RAN"), "unknown", "no tests ran"),
        ("unittest", ended(1, err="Traceback"), "fail", "status 1"),
        ("tap", ended(0, "TAP version 13\n1..0\n# tests 0"), "unknown", "no tests"),
        ("tap", ended(0, "ok 1 - a\n1..1"), "pass", "1 passed"),
        ("tap", ended(1, "not ok 1 - a\n1..1"), "fail", "1 of 1"),
        ("jest", ended(0), "unknown", "no tests ran"),
        ("jest", ended(1, err="boom"), "unknown", "told no results"),
        ("cargo", ended(101, err="error: could not compile"), "fail", "status 101"),
        ("cargo", ended(101, err="error: failed to download x"), "unknown", "download"),
        ("cargo", ended(0, "running 0 tests"), "unknown", "no tests ran"),
        ("go", ended(0, '{"Action":"skip"}'), "unknown", "no tests ran"),
        ("go", ended(2, "FAIL demo [build failed]"), "fail", "status 2"),
        ("script", ended(0, "fine"), "pass", "exit status 0"),
        ("script", ended(0, "ℹ tests 0\nℹ pass 0"), "unknown", "no tests ran"),
        ("script", ended(0, "No tests found, exiting"), "unknown", "no tests ran"),
        ("script", ended(1, err="sh: 1: jest: not found"), "unknown", "jest"),
        ("script", ended(127), "unknown", "could not run"),
        ("script", ended(2), "fail", "status 2"),
        ("script", ended(1, "usage: x"), "fail", "status 1"),
        ("script", ended(0, "✔ a\n✖ 0 problems"), "pass", "1 passed"),
        ("script", ended(1, "✔ a\n✖ b"), "fail", "1 of 2 failed: b"),
        ("exit", ended(1, err="bwrap: Can't chdir"), "unknown", "Can't chdir"),
        ("findings", ended(0), "pass", "no findings"),
        ("findings", ended(1, "a.py:1:1: F401 x"), "fail", "a.py: F401 x"),
        ("findings", ended(2, "boom"), "unknown", "could not run"),
        ("exit", ended(0), "pass", ""),
        ("exit", ended(1), "fail", ""),
        ("exit", ended(None, number=9), "unknown", "SIGKILL"),
        ("exit", ended(137), "unknown", "SIGKILL"),
        ("exit", ended(None, number=11), "fail", "SIGSEGV"),
        ("exit", ended(139), "fail", "SIGSEGV"),
        ("exit", ended(None, number=15, stopped="time_limit"), "unknown", "within"),
        ("junit", ended(0, stopped="time_limit", report=_FAILED), "fail", "1 of 1"),
        ("exit", Ended("", "", None, "took too much"), "unknown", "took too much"),
    ],
)
def test_each_way_to_end_says_one_of_three(
    reading: Reading, run: Ended, status: str, words: str
) -> None:
    proof = read(oracle(reading), run)

    assert proof.status == status
    assert words in proof.summary


def test_a_command_of_the_users_that_says_no_says_no_whatever_it_prints() -> None:
    proof = read(oracle("exit", "command"), ended(1, "usage: x\ncommand not found"))

    assert proof.status == "fail"


def test_a_command_that_prints_no_tests_and_exits_0_passes() -> None:
    assert read(oracle("exit", "command"), ended(0, "no tests ran")).status == "pass"


def test_names_are_the_same_wherever_the_copy_is() -> None:
    run = Ended(
        "not ok 1 - /tmp/copy/a.test.js\n",
        "",
        Exit(1, None, "", "", 1.0),
        folders=(Path("/tmp/copy"), Path("/tmp/copy-2")),
    )
    assert read(oracle("tap"), run).failing == ("a.test.js",)


def test_the_lines_that_matter_are_few_short_and_safe() -> None:
    run = ended(1, "\n".join(f"\x1b[31mline {n}\x07 {'x' * 5_000}" for n in range(500)))
    proof = read(oracle(), run)

    assert len(proof.lines) == 40
    assert max(len(line) for line in proof.lines) <= 300
    assert proof.lines[-1].startswith("line 499␇")


def test_a_pass_needs_no_lines() -> None:
    assert read(oracle(), ended(0, "much")).lines == ()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_end_from_outside_is_no_failure(number: int) -> None:
    assert read(oracle(), ended(None, number=number)).status == "unknown"
