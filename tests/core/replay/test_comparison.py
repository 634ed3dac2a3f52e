"""A run beside its replay: one word, by a rule that can be said."""

from itertools import product

import pytest

from mux_tui.core.replay.comparison import (
    Side,
    Word,
    compared,
    side_of_outcome,
    side_of_row,
    totals,
)
from mux_tui.core.task import Outcome, Usage, Verdict
from mux_tui.core.work import FileStat, Work
from tests.core.replay.rows import a_file, a_run

PASS = side_of_row(a_run())
UNPROVED = side_of_row(a_run(verdict="unknown"))
UNJUDGED = side_of_row(a_run(verdict=None))
FAIL = side_of_row(a_run(verdict="fail", status="failed"))
NOTHING = side_of_row(a_run(verdict=None, status="failed", route=None))
CANCELLED = side_of_row(a_run(verdict=None, status="cancelled", route=None))
NO_DISK = side_of_row(a_run(verdict=None, status="failed", route=None, reason="error"))
NO_CLI = side_of_row(
    a_run(verdict=None, status="failed", route=None, reason="cloud_unavailable")
)
NOT_SENT = side_of_row(
    a_run(verdict=None, status="declined", route=None, reason="cloud_not_allowed")
)


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        (PASS, PASS, "same"),
        (PASS, UNPROVED, "worse"),
        (PASS, FAIL, "worse"),
        (PASS, NOTHING, "worse"),
        (UNPROVED, PASS, "better"),
        (UNPROVED, FAIL, "worse"),
        (UNPROVED, UNPROVED, "unknown"),
        (UNPROVED, UNJUDGED, "unknown"),
        (UNJUDGED, NOTHING, "worse"),
        (FAIL, UNJUDGED, "better"),
        (FAIL, FAIL, "same"),
        (FAIL, NOTHING, "worse"),
        (NOTHING, FAIL, "better"),
        (NOTHING, NOTHING, "same"),
        (PASS, CANCELLED, "unknown"),
        (CANCELLED, PASS, "unknown"),
        (PASS, NOT_SENT, "unknown"),
        (PASS, NO_DISK, "unknown"),
        (PASS, NO_CLI, "unknown"),
    ],
)
def test_what_the_checks_said_decides(before: Side, now: Side, word: Word) -> None:
    assert compared(before, now).word == word


def test_better_one_way_is_worse_the_other_way() -> None:
    sides = (PASS, UNPROVED, FAIL, NOTHING, CANCELLED)
    turned = {"better": "worse", "worse": "better", "same": "same"}
    for before, now in product(sides, sides):
        word = compared(before, now).word
        assert compared(now, before).word == turned.get(word, "unknown")


def test_a_declined_proposal_that_was_proved_counts_as_passed() -> None:
    declined = a_run(status="declined", reason="changes_declined")
    assert compared(side_of_row(declined), PASS).word == "same"


def test_an_outcome_and_its_row_are_the_same_side() -> None:
    files = (FileStat("a.py", "modify", 3, 1, 1, "0" * 64, "1" * 64),)
    outcome = Outcome(
        *("01aaaa-one", "done", "local_preferred", "It answered."),
        route="local",
        model="qwen",
        verdict=Verdict("pass", ""),
        usage=Usage(7, 5, cost_usd=0.25),
        work=Work(files=files),
        seconds=4.0,
    )
    row = a_run(
        model="qwen",
        confidence=None,
        input_tokens=7,
        output_tokens=5,
        cost_usd=0.25,
        changes=(a_file("a.py", "0" * 64, "1" * 64),),
        lines_added=3,
        lines_removed=1,
    )
    assert side_of_outcome(outcome) == side_of_row(row)


def test_comparisons_add_up() -> None:
    slow = side_of_row(a_run(duration=10.0, cost_usd=0.5))
    quick = side_of_row(a_run(duration=2.0))
    lost = side_of_row(a_run(verdict="fail", duration=None, cost_usd=0.25))
    found = totals(
        [compared(slow, quick), compared(slow, lost), compared(UNPROVED, UNPROVED)]
    )
    assert (found.runs, found.same, found.worse, found.unknown) == (3, 1, 1, 1)
    assert (found.passed_before, found.passed_now) == (2, 1)
    assert (found.seconds_before, found.seconds_now) == (10.0, 3.0)
    assert (found.cost_before_usd, found.cost_now_usd) == (1.0, 0.25)


def test_nothing_adds_up_to_nothing() -> None:
    found = totals([])
    assert (found.runs, found.seconds_before, found.cost_now_usd) == (0, None, 0.0)
