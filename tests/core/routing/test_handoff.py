"""What a task is asked with the second time."""

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.routing.fences import parts
from mux_tui.core.routing.handoff import again, brief, quote
from mux_tui.core.task import Attempt, Check, Completion, Verdict

GOAL = "/fix -x the parser"
VERDICT = Verdict("fail", "1 of 1", (Check("pytest -q", "fail", "E  assert 1 == 2"),))


def attempt(text: str) -> Attempt:
    return Attempt(1, "local", "x", "tiny", Completion(text), verdict=VERDICT)


def test_a_brief_holds_goal_answer_reason_and_failing_lines() -> None:
    told = brief(GOAL, attempt("my answer"), "confidence is 0.40, below 0.60")
    assert GOAL in told
    assert not told.startswith("/")
    for part in ("my answer", "below 0.60", "E  assert 1 == 2", "tiny"):
        assert part in told


def test_a_long_answer_is_cut_with_a_mark() -> None:
    told = brief(GOAL, attempt("a" * 50_000), "why", answer_chars=900)
    assert "49,100 characters left out" in told
    assert len(told) < 2_000


def test_a_failed_attempt_quotes_no_answer() -> None:
    told = brief(GOAL, Attempt(1, "local", "x", fault="stalled", error="e"), "e")
    assert "Its answer" not in told


@given(st.text(alphabet="`~a \n", max_size=200))
def test_nothing_closes_the_fence_around_foreign_text(text: str) -> None:
    told = parts(f"{quote(text, 1000)}\nafter")
    assert told.prose == "after"
    assert len(told.blocks) == 1


def test_foreign_control_bytes_do_not_travel() -> None:
    assert "\x1b" not in brief(GOAL, attempt("\x1b[2J"), "\x1b]0;x\x07")


def test_asking_again_shows_the_answer_and_what_failed() -> None:
    told = again(GOAL, attempt("my answer"), "pytest: E  assert")
    assert told.startswith(GOAL)
    assert "my answer" in told
    assert "pytest: E  assert" in told
