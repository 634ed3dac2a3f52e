"""The story of a run, on a terminal and in a pipe."""

import io
from typing import Any

import pytest

from mux_tui.cli.diagnostics import Diagnostics
from mux_tui.cli.narrator import Narrator, summary_of
from mux_tui.cli.output import Output
from mux_tui.core.events import (
    AttemptEnded,
    AttemptStarted,
    Decided,
    Escalated,
    Finished,
    Notice,
    Retrying,
    RunEvent,
    ServerChanged,
    TextDelta,
    Verified,
)
from mux_tui.core.task import Attempt, Decision, Outcome, Reason, Usage, Verdict
from mux_tui.core.work import Work


class Screen(io.StringIO):
    """A terminal, as far as anybody asks."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def told(*events: RunEvent, terminal: bool = True) -> str:
    """What a person sees: both streams, in the order they were written to."""
    screen = Screen() if terminal else io.StringIO()
    narrator = Narrator(Output(screen), Diagnostics(screen))
    for event in events:
        narrator.tell(event)
    return screen.getvalue()


def done(output: str, **changes: Any) -> Finished:
    """A task that was done."""
    facts: dict[str, Any] = {"route": "claude", "output": output} | changes
    return Finished(Outcome("run-1", "done", "low_confidence", "it answered", **facts))


LOCAL = AttemptStarted(1, "local", "chat_completions", "tiny")
CLAUDE = AttemptStarted(2, "claude", "claude", "")


def test_an_answer_that_was_escalated_to_is_written_once() -> None:
    seen = told(
        LOCAL,
        TextDelta("Perhaps. "),
        Escalated("claude", "low_confidence", "goes to claude: it doubts", "brief"),
        CLAUDE,
        TextDelta("It is "),
        TextDelta("42."),
        done("It is 42."),
    )
    assert seen.count("It is 42.") == 1
    assert seen.index("Perhaps.") < seen.index("▲ goes to") < seen.index("It is 42.")


def test_an_answer_after_a_second_try_is_written_once() -> None:
    seen = told(
        LOCAL,
        TextDelta("x = "),
        Retrying(1, "a check failed"),
        LOCAL,
        TextDelta("x = 1"),
        done("x = 1", route="local"),
    )
    assert seen.count("x = 1") == 1


def test_what_a_backend_says_before_its_answer_does_not_repeat_the_answer() -> None:
    seen = told(CLAUDE, TextDelta("First I look.\n"), TextDelta("42"), done("42"))
    assert seen.count("42") == 1


def test_an_earlier_answer_that_counts_after_all_is_written_again() -> None:
    """The cloud began and broke off, so the doubtful answer from here is given."""
    broken = Attempt(2, "claude", "claude", fault="cut", error="it stopped")
    seen = told(
        LOCAL,
        TextDelta("Perhaps."),
        CLAUDE,
        TextDelta("It i"),
        AttemptEnded(broken),
        done("Perhaps.", route="local"),
    )
    assert seen.count("Perhaps.") == 2
    assert "✗ claude: it stopped" in seen


def test_narration_begins_on_a_line_of_its_own() -> None:
    seen = told(LOCAL, TextDelta("half a line"), Notice("a word"), done("half a line"))
    for mark in ("▸ asking", "✓ "):
        assert f"\n{mark}" in f"\n{seen}"


def test_in_a_pipe_only_the_answer_that_counts_is_written() -> None:
    out = io.StringIO()
    narrator = Narrator(Output(out), Diagnostics(io.StringIO()))
    for event in (LOCAL, TextDelta("Perhaps."), CLAUDE, TextDelta("42"), done("42")):
        narrator.tell(event)
    assert out.getvalue() == "42\n"


def test_a_draft_that_came_to_nothing_is_nothing_for_a_pipe() -> None:
    """What a model wrote is no patch."""
    out = io.StringIO()
    narrator = Narrator(Output(out), Diagnostics(io.StringIO()))
    end = Outcome("run-1", "failed", "local_failed", "no", output="a.py\n<<<<<<<\n")
    narrator.tell(Decided(Decision("local", "local_preferred", "", kind="files")))
    narrator.tell(Finished(end))
    assert out.getvalue() == ""


def test_that_nothing_was_left_to_write_is_said() -> None:
    said = "nothing was left to write: a.py changed so meanwhile"
    end = Outcome("run-1", "done", "local_preferred", said, work=Work(patch="p\n"))
    assert f"{said}\n" in told(Finished(end))


@pytest.mark.parametrize(("asks", "times"), [(True, 0), (False, 1)])
def test_a_patch_that_was_declined_is_not_shown_twice(asks: bool, times: int) -> None:
    screen = Screen()
    narrator = Narrator(Output(screen), Diagnostics(screen), asks)
    work = Work(patch="the patch\n")
    end = Outcome("run-1", "declined", "changes_declined", "no", work=work)
    narrator.tell(Finished(end))
    assert screen.getvalue().count("the patch") == times


@pytest.mark.parametrize(
    "reason", ["local_down_and_cloud_unavailable", "cloud_not_allowed"]
)
def test_a_decision_that_ends_the_task_is_said_once(reason: Reason) -> None:
    sentence = "cannot be done: nobody is there"
    end = Outcome("run-1", "failed", reason, sentence, next_step="Set one up")
    seen = told(Decided(Decision("local", reason, sentence)), Finished(end))
    assert seen.count(sentence) == 1
    assert f"mux: {sentence}. Set one up\n" in seen


def test_the_phases_of_a_server_take_one_line_of_a_terminal() -> None:
    phases = [ServerChanged("starting", "m"), ServerChanged("ready", "m")]
    assert told(*phases).endswith("\r… model server ready: m   \n")
    assert told(*phases, terminal=False) == "… model server ready: m\n"


def test_foreign_words_are_made_safe() -> None:
    evil = "\x1b[2J\n"
    seen = told(
        AttemptStarted(1, "local", "x", evil),
        TextDelta(evil),
        Verified(1, Verdict("fail", evil)),
        AttemptEnded(Attempt(1, "local", "x", fault="cut", error=evil)),
        Finished(Outcome("r", "failed", "error", evil, output=evil)),
    )
    assert "\x1b" not in seen


def test_the_summary_names_what_is_known() -> None:
    outcome = Outcome("run-1", "done", "low_confidence", "", seconds=1.25)
    assert summary_of(outcome) == "✓ nobody · 1.2 s · run run-1"
    usage = Usage(output_tokens=1200, cost_usd=0.5)
    rich = Outcome("r", "done", "error", "", "claude", model="m", usage=usage)
    assert summary_of(rich) == "✓ claude · m · 1,200 tokens · $0.5000 · 0.0 s · run r"
