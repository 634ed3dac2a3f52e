"""Which failing tests a task asks to mend."""

import pytest

from mux_tui.core.file_work.failing import asked, speaks_of_failing, told
from mux_tui.core.verification.oracle.facts import Proof

PYTEST = Proof(
    "pytest",
    "tests",
    "fail",
    "pytest: 2 failed",
    passing=("t.py::test_c",),
    failing=("t.py::test_total", "t.py::test_rate[3]"),
    lines=("E assert 3 == 4\x1b[31m",),
)
MAKE = Proof("make test", "tests", "fail", "make test: status 2")


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("Make test_total in cart.py right", ["t.py::test_total"]),
        ("`test_rate` fails since Monday.", ["t.py::test_rate[3]"]),
        ("fix t.py::test_total", ["t.py::test_total"]),
        ("Fix the failing tests", ["t.py::test_total", "t.py::test_rate[3]"]),
        ("make all tests pass", ["t.py::test_total", "t.py::test_rate[3]"]),
        ("Get the test suite green again", ["t.py::test_total", "t.py::test_rate[3]"]),
        ("Rename load to read in io.py", []),
        ("Add a test for the cart", []),
    ],
)
def test_by_name_or_all_of_them(task: str, names: list[str]) -> None:
    assert list(asked(task, (PYTEST,))) == names


def test_a_runner_that_names_no_tests_is_asked_as_a_whole() -> None:
    assert asked("Fix the failing tests", (MAKE,)) == ("make test",)
    assert asked("Rename load to read", (MAKE,)) == ()


def test_what_failed_is_told_safely_and_without_end() -> None:
    said = told((PYTEST, MAKE))
    assert "assert 3 == 4" in said
    assert "\x1b" not in said
    long = Proof("p", "tests", "fail", "p", lines=("x" * 100,) * 1000)
    assert len(told((long,))) <= 8_000


def test_only_some_tasks_are_worth_a_run_of_the_tests_first() -> None:
    assert speaks_of_failing("Fix the bug in total")
    assert not speaks_of_failing("Rename load to read in io.py")
