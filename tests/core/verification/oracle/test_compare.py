"""What an oracle says of a change, row by row of the table in the module."""

from dataclasses import replace

import pytest

from mux_tui.core.task import VerdictStatus
from mux_tui.core.verification.oracle.compare import compare, conclude
from mux_tui.core.verification.oracle.facts import Comparison, Kind, Oracle, Proof
from mux_tui.core.verification.oracle.trial import settled


def proof(passing: str = "", failing: str = "", flaky: str = "") -> Proof:
    """A proof with tests of one letter each."""
    status: VerdictStatus = "fail" if failing else "pass"
    return Proof(
        "it",
        "tests",
        status,
        f"it: {status}",
        tuple(passing),
        tuple(failing),
        (),
        tuple(flaky),
    )


def bare(status: VerdictStatus) -> Proof:
    """A proof that names no tests."""
    return Proof("it", "tests", status, f"it: {status}")


def oracle(kind: Kind = "tests", name: str = "it") -> Oracle:
    """An oracle of some kind."""
    return Oracle(name, kind, ("it",), "because")


@pytest.mark.parametrize(
    ("before", "after", "asked", "status", "words"),
    [
        (proof("ab"), proof("ab"), "", "pass", "pass"),
        (proof("ab"), proof("a", "b"), "", "fail", "broke b"),
        (proof("a", "b"), proof("ab"), "", "pass", "fixed b"),
        (proof("ab"), proof("a"), "", "unknown", "gone: b"),
        (proof("ab"), bare("unknown"), "", "unknown", "unknown"),
        (bare("unknown"), proof("a"), "", "pass", "pass"),
        (bare("unknown"), proof("", "a"), "", "fail", "fail"),
        (proof("a"), proof("ac"), "", "pass", "pass"),
        (proof("a"), proof("a", "c"), "", "fail", "broke c"),
        (proof("a", "b"), proof("", "ab"), "", "fail", "broke a"),
        (proof("a", "b"), proof("a", "b"), "", "unknown", "no difference"),
        (proof("a", "b"), proof("a", "b"), "b", "fail", "still fails: b"),
        (proof("a", "bc"), proof("ab", "c"), "", "pass", "fixed b; 1 failed before"),
        (proof("a", "bc"), proof("ab", "c"), "b", "pass", "c"),
        (proof("a", "bc"), proof("ab", "c"), "c", "fail", "still fails: c"),
        (proof("a", "b"), proof("ac", "b"), "", "pass", "broke nothing"),
        (proof("ab", "c"), proof("a", "c"), "", "unknown", "gone: b"),
        (bare("fail"), bare("fail"), "", "unknown", "failed before too"),
        (bare("fail"), bare("pass"), "", "pass", "pass"),
        (bare("pass"), bare("fail"), "", "fail", "fail"),
        (None, proof("a"), "", "pass", "pass"),
        (None, proof("a", "b"), "", "fail", "fail"),
        (proof("a"), proof("b", flaky="a"), "", "unknown", "flaky: a"),
        (proof("b", flaky="a"), proof("b", "a"), "", "fail", "fail"),
    ],
)
def test_a_row(
    before: Proof | None, after: Proof, asked: str, status: str, words: str
) -> None:
    told = compare(oracle(), before, after, asked=tuple(asked))

    assert told.status == status
    assert words in told.summary


def test_broke_fixed_still_failing_and_gone_are_told_apart() -> None:
    told = compare(oracle(), proof("abz", "cd"), proof("ac", "bdn"))

    assert told.broke == ("b", "n")
    assert told.fixed == ("c",)
    assert told.still_failing == ("d",)
    assert told.gone == ("z",)


def test_a_command_of_the_users_must_pass_though_it_failed_before() -> None:
    told = compare(oracle("command"), bare("fail"), bare("fail"))

    assert told.status == "fail"


def test_a_pass_that_the_change_itself_arranged_is_unknown() -> None:
    told = compare(oracle(), proof("", "a"), proof("a"), edited=["Makefile"])

    assert told.status == "unknown"
    assert "edits Makefile" in told.summary


def test_tests_of_which_nothing_is_known_are_not_proved_by_rewriting_them() -> None:
    """As when a test never ended."""
    told = compare(oracle(), bare("unknown"), proof("a"), rewritten=["test_a.py"])
    assert told.status == "unknown"


def test_tests_that_were_rewritten_prove_nothing_whatever_they_said_before() -> None:
    """A renaming has to, and so does a draft that breaks what they tested."""
    kept = compare(oracle(), proof("a"), proof("a"), rewritten=["test_a.py"])
    fixed = compare(oracle(), proof("", "a"), proof("a"), rewritten=["test_a.py"])
    assert (kept.status, fixed.status) == ("unknown", "unknown")
    assert "rewrites tests: test_a.py" in kept.summary


def test_a_command_that_passes_since_its_tests_are_others_is_unknown() -> None:
    told = compare(
        oracle("command"), bare("fail"), bare("pass"), rewritten=["test_a.py"]
    )
    assert told.status == "unknown"


def test_old_findings_of_a_checker_are_not_the_changes_fault() -> None:
    told = compare(oracle("check"), proof("", "ab"), proof("", "b"))
    new = compare(oracle("check"), proof("", "ab"), proof("", "abc"))

    assert told.status == "pass"
    assert new.status == "fail"
    assert "broke c" in new.summary


def test_a_task_may_name_a_test_by_the_end_of_its_name() -> None:
    name = "tests/test_a.py::test_b"
    before = replace(proof("a", "b"), failing=(name,))

    assert compare(oracle(), before, before, asked=["test_b"]).status == "fail"


@pytest.mark.parametrize(
    ("first", "second", "status", "failing", "flaky"),
    [
        (proof("a", "b"), proof("a", "b"), "fail", "b", ""),
        (proof("a", "b"), proof("ab"), "unknown", "", "b"),
        (proof("a", "bc"), proof("ab", "c"), "fail", "c", "b"),
        (proof("a", "b"), proof("b", "a"), "unknown", "", "ab"),
        (proof("a", "b"), bare("unknown"), "fail", "b", ""),
        (bare("fail"), bare("pass"), "unknown", "", ""),
        (bare("fail"), bare("fail"), "fail", "", ""),
        (proof("a", "b"), bare("fail"), "fail", "b", ""),
    ],
)
def test_a_second_run_tells_what_is_flaky(
    first: Proof, second: Proof, status: str, failing: str, flaky: str
) -> None:
    told = settled(first, second)

    assert told.status == status
    assert told.failing == tuple(failing)
    assert told.flaky == tuple(flaky)
    assert not set(told.flaky) & {*told.passing, *told.failing}


def judged(kind: Kind, status: VerdictStatus) -> Comparison:
    """A comparison that came out so."""
    name = f"{kind} oracle"
    return Comparison(
        oracle(kind, name), status, f"{name}: {status}", bare(status), None
    )


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ([], "unknown"),
        ([("floor", "pass")], "unknown"),
        ([("floor", "pass"), ("check", "pass")], "unknown"),
        ([("floor", "pass"), ("tests", "pass")], "pass"),
        ([("floor", "unknown"), ("tests", "pass")], "pass"),
        ([("check", "unknown"), ("command", "pass")], "pass"),
        ([("tests", "pass"), ("tests", "unknown")], "unknown"),
        ([("tests", "pass"), ("check", "fail")], "fail"),
        ([("floor", "fail")], "fail"),
        ([("tests", "unknown"), ("command", "fail")], "fail"),
    ],
)
def test_a_pass_needs_the_tests_or_the_users_word(
    told: list[tuple[Kind, VerdictStatus]], status: str
) -> None:
    verdict = conclude([judged(*one) for one in told])

    assert verdict.status == status
    assert len(verdict.checks) == len(told)
    assert verdict.summary
