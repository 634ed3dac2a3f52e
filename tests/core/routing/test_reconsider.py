"""What happens after an attempt: each path, its reason code and its sentence."""

from dataclasses import replace
from typing import Any

import pytest

from mux_tui.core.config.settings import Cloud, Router, Verification
from mux_tui.core.errors import BackendFault
from mux_tui.core.routing.reconsider import (
    Accept,
    Escalate,
    GiveUp,
    Retry,
    Step,
    reconsider,
)
from mux_tui.core.task import (
    Attempt,
    Check,
    Completion,
    Confidence,
    Decision,
    Reason,
    Route,
    Verdict,
)

ROUTER = Router()
LOCAL = Decision("local", "local_preferred", "stays local")
CLAUDE = Decision("claude", "high_complexity", "goes to claude")
PASS = Verdict("pass", "1 check passed: pytest")
UNKNOWN = Verdict("unknown", "nothing to check")
FAIL = Verdict(
    "fail", "1 of 1 checks failed: pytest", (Check("pytest", "fail", "E  1 != 2"),)
)


def answered(
    number: int = 1,
    route: Route = "local",
    score: float = 0.8,
    verdict: Verdict = UNKNOWN,
) -> Attempt:
    return Attempt(
        number, route, route, "tiny", Completion("x"), Confidence(score), verdict
    )


def failed(
    fault: BackendFault = "stalled", number: int = 1, route: Route = "local"
) -> Attempt:
    return Attempt(number, route, route, fault=fault, error="it stopped")


def step(
    *attempts: Attempt,
    decision: Decision = LOCAL,
    left: tuple[Route, ...] = ("claude", "codex"),
    **rules: Any,
) -> Step:
    return reconsider(
        decision,
        attempts,
        left,
        rules.get("router", ROUTER),
        rules.get("verification", Verification()),
        rules.get("cloud", Cloud()),
    )


def without(reason: Reason) -> Router:
    kept = tuple(word for word in ROUTER.escalate_on if word != reason)
    return replace(ROUTER, escalate_on=kept)


def test_a_good_answer_is_accepted_for_the_reason_it_stayed() -> None:
    told = step(answered(verdict=PASS))
    assert isinstance(told, Accept)
    assert (told.reason, told.number) == ("local_preferred", 1)
    assert "confidence 0.80" in told.sentence


def test_low_confidence_goes_to_the_next_cloud_route() -> None:
    told = step(answered(score=0.4))
    assert isinstance(told, Escalate)
    assert (told.route, told.reason) == ("claude", "low_confidence")
    assert "0.40, below 0.60" in told.sentence


def test_confidence_equal_to_the_threshold_is_enough() -> None:
    assert isinstance(step(answered(score=0.6)), Accept)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"left": ()}, "no cloud CLI is left to ask"),
        ({"cloud": Cloud(permission="never")}, "cloud.permission = never"),
        ({"router": without("low_confidence")}, "leaves out low_confidence"),
    ],
)
def test_low_confidence_without_a_way_out_is_accepted_and_said(
    rules: dict[str, Any], said: str
) -> None:
    told = step(answered(score=0.4), **rules)
    assert isinstance(told, Accept)
    assert told.reason == "low_confidence"
    assert said in told.sentence


def test_confidence_comes_before_verification() -> None:
    told = step(answered(score=0.4, verdict=FAIL))
    assert isinstance(told, Escalate)
    assert told.reason == "low_confidence"


def test_a_failed_verification_is_tried_again_with_the_failing_lines() -> None:
    told = step(answered(verdict=FAIL))
    assert isinstance(told, Retry)
    assert told.why == "pytest: E  1 != 2"


def test_a_doubtful_answer_that_cannot_leave_is_still_tried_again() -> None:
    assert isinstance(step(answered(score=0.4, verdict=FAIL), left=()), Retry)


def test_after_the_last_retry_it_escalates() -> None:
    told = step(answered(verdict=FAIL), answered(2, verdict=FAIL))
    assert isinstance(told, Escalate)
    assert told.reason == "verification_failures"


def test_no_retries_means_none() -> None:
    router = replace(ROUTER, max_local_retries=0)
    assert isinstance(step(answered(verdict=FAIL), router=router), Escalate)


def test_verification_that_failed_for_good_ends_the_task() -> None:
    told = step(answered(verdict=FAIL), answered(2, verdict=FAIL), left=())
    assert isinstance(told, GiveUp)
    assert told.reason == "verification_failed"


def test_an_unknown_verdict_fails_only_when_strict_and_is_not_tried_again() -> None:
    assert isinstance(step(answered(verdict=UNKNOWN)), Accept)
    strict: dict[str, Any] = {"verification": Verification(strict=True)}
    assert isinstance(step(answered(verdict=UNKNOWN), **strict), Escalate)
    told = step(answered(verdict=UNKNOWN), left=(), **strict)
    assert isinstance(told, GiveUp)
    assert told.reason == "verification_failed"


def test_a_local_fault_escalates() -> None:
    told = step(failed())
    assert isinstance(told, Escalate)
    assert told.reason == "local_failed"
    assert "it stopped" in told.sentence


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("stalled", "local_failed"), ("connection", "local_down_and_cloud_unavailable")],
)
def test_a_local_fault_without_a_way_out_ends_the_task(
    fault: BackendFault, reason: Reason
) -> None:
    told = step(failed(fault), left=())
    assert isinstance(told, GiveUp)
    assert told.reason == reason


def test_a_forced_local_route_never_leaves() -> None:
    forced = Decision("local", "route_requested", "asked for")
    told = step(answered(score=0.2), decision=forced, left=())
    assert isinstance(told, Accept)
    assert "the route was asked for" in told.sentence


def test_a_cloud_answer_is_accepted_for_the_reason_the_task_left() -> None:
    told = step(answered(score=0.4), answered(2, "claude"), left=("codex",))
    assert isinstance(told, Accept)
    assert (told.reason, told.number) == ("low_confidence", 2)
    direct = step(answered(1, "claude"), decision=CLAUDE)
    assert isinstance(direct, Accept)
    assert direct.reason == "high_complexity"


def test_a_cloud_fault_goes_to_the_next_one_for_the_same_reason() -> None:
    told = step(failed("rate_limit", 1, "claude"), decision=CLAUDE, left=("codex",))
    assert isinstance(told, Escalate)
    assert (told.route, told.reason) == ("codex", "high_complexity")


def test_a_cloud_answer_that_fails_its_checks_goes_on() -> None:
    told = step(answered(1, "claude", verdict=FAIL), decision=CLAUDE, left=("codex",))
    assert isinstance(told, Escalate)
    last = step(answered(1, "claude", verdict=FAIL), decision=CLAUDE, left=())
    assert isinstance(last, GiveUp)
    assert last.reason == "verification_failed"


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        (("not_found", "not_logged_in"), "cloud_unavailable"),
        (("not_found", "rate_limit"), "cloud_failed"),
    ],
)
def test_when_every_cloud_failed_the_doubtful_local_answer_is_given(
    faults: tuple[BackendFault, BackendFault], reason: Reason
) -> None:
    told = step(
        answered(score=0.4),
        failed(faults[0], 2, "claude"),
        failed(faults[1], 3, "codex"),
        left=(),
    )
    assert isinstance(told, Accept)
    assert (told.reason, told.number) == (reason, 1)


@pytest.mark.parametrize(
    ("first", "fault", "reason"),
    [
        (failed("connection"), "not_found", "local_down_and_cloud_unavailable"),
        (failed("connection"), "rate_limit", "cloud_failed"),
        (failed("stalled"), "not_found", "cloud_unavailable"),
        (answered(verdict=FAIL), "rate_limit", "verification_failed"),
    ],
)
def test_when_nobody_can_each_end_has_its_reason(
    first: Attempt, fault: BackendFault, reason: Reason
) -> None:
    told = step(first, failed(fault, 2, "claude"), left=())
    assert isinstance(told, GiveUp)
    assert told.reason == reason


def test_both_down_from_the_start() -> None:
    down = Decision("claude", "local_unavailable", "goes to claude")
    told = step(failed("not_found", 1, "claude"), decision=down, left=())
    assert isinstance(told, GiveUp)
    assert told.reason == "local_down_and_cloud_unavailable"


def test_foreign_errors_are_one_safe_line() -> None:
    bad = replace(failed(), error="\x1b[2Jboom\nsecond")
    told = step(bad)
    assert isinstance(told, Escalate)
    assert "\x1b" not in told.sentence
    assert "\n" not in told.sentence


def test_a_cli_is_not_named_twice() -> None:
    broken = replace(failed(route="claude"), error="claude exited with status 1")
    end = step(broken, decision=CLAUDE, left=())
    assert isinstance(end, GiveUp)
    assert end.sentence.startswith("not done: claude exited with status 1;")
    other = step(failed(route="claude"), decision=CLAUDE, left=())
    assert isinstance(other, GiveUp)
    assert other.sentence.startswith("not done: claude failed: it stopped;")
