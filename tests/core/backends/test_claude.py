"""Reading Claude Code's stream."""

import json
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.backends.claude import Claude
from mux_tui.core.backends.dialect import Delta
from mux_tui.core.errors import BackendError
from mux_tui.core.events import ReasoningDelta, TextDelta
from mux_tui.core.process.run import Exit, Line
from mux_tui.core.task import Completion
from tests.fake_cli import claude_events

CLEAN = Exit(0, None, "", "", 1.0)


def read(*events: dict[str, Any], end: Exit = CLEAN) -> tuple[list[Delta], Completion]:
    parser = Claude().parser(100_000)
    lines = [Line("out", json.dumps(event)) for event in events]
    deltas = [delta for line in lines for delta in parser.feed(line)]
    return deltas, parser.finish(end)


def failure(*events: dict[str, Any]) -> BackendError:
    with pytest.raises(BackendError) as caught:
        read(*events, end=Exit(1, None, "", "", 1.0))
    return caught.value


def test_a_whole_answer_gives_text_thinking_usage_cost_and_session():
    deltas, done = read(*claude_events("four words of answer"))
    assert [type(delta) for delta in deltas] == [ReasoningDelta, TextDelta, TextDelta]
    assert "".join(d.text for d in deltas[1:]) == "four words of answer"
    assert done.text == "four words of answer"
    assert done.reasoning == "Let me think."
    assert done.model == "fake-claude-1"
    assert done.finish_reason == "stop"
    assert done.session_id == "s-1"
    assert done.usage.cost_usd == 0.25
    assert (done.usage.input_tokens, done.usage.cached_tokens) == (35, 20)
    assert done.notes == ()


def test_success_is_read_from_is_error_and_never_from_the_subtype():
    wrong = claude_events("", is_error=True, subtype="success", result="API Error: 500")
    error = failure(*wrong)
    assert (error.fault, error.why) == ("backend_error", "API Error: 500")

    _, done = read(*claude_events("fine", subtype="error_during_execution"))
    assert done.text == "fine"


@pytest.mark.parametrize(
    ("status", "said", "fault"),
    [
        (None, "Not logged in · Please run /login", "not_logged_in"),
        (401, "API Error: 401", "not_logged_in"),
        (429, "API Error", "rate_limit"),
        (529, "Repeated 529 Overloaded errors", "rate_limit"),
        (413, "Request too large (max 32MB)", "context_too_large"),
        (400, "prompt is too long: 9 tokens > 3 maximum", "context_too_large"),
        (None, "API Error: Unable to connect to API (ConnectionRefused)", "network"),
        (500, "API Error: 500", "http_error"),
        (None, "something else", "backend_error"),
    ],
)
def test_failures_have_distinct_reasons(status: int | None, said: str, fault: str):
    told = {"is_error": True, "api_error_status": status, "result": said}
    assert failure(*claude_events("", **told)).fault == fault


def test_a_failure_without_a_result_text_tells_its_errors_or_its_kind():
    told = {"type": "result", "subtype": "error_max_turns", "is_error": True}
    assert failure(told).why == "error max turns"
    assert failure(told | {"errors": ["no", "more"]}).why == "no; more"


@pytest.mark.parametrize(
    ("told", "meant"),
    [("max_tokens", "length"), ("refusal", "content_filter"), ("new", "unknown")],
)
def test_the_finish_reason_is_ours(told: str, meant: str):
    _, done = read(*claude_events("text", stop_reason=told))
    assert done.finish_reason == meant


def test_what_was_not_streamed_is_shown_when_its_block_is_whole():
    events = [e for e in claude_events("one answer") if e["type"] != "stream_event"]
    deltas, done = read(*events)
    assert deltas == [ReasoningDelta("Let me think."), TextDelta("one answer")]
    assert done.reasoning == "Let me think."


def test_a_stream_that_broke_off_is_followed_by_the_text_of_the_repeated_request():
    events = claude_events("abcdef")
    del events[6]
    deltas, done = read(*events)
    assert deltas[1:] == [TextDelta("abc"), TextDelta("def")]
    assert done.text == "abcdef"


def test_two_texts_are_kept_apart_and_the_last_one_is_the_answer():
    first, second = claude_events("First I look."), claude_events("Done.")
    deltas, done = read(*first[:-1], *second)
    shown = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
    assert shown == "First I look.\n\nDone."
    assert done.text == "Done."


def test_what_a_sub_agent_says_is_not_said_to_us():
    events = claude_events("answer")
    inner = [event | {"parent_tool_use_id": "t"} for event in claude_events("inner")]
    deltas, done = read(*events[:1], *inner[1:-1], *events[1:])
    assert not any("inner" in delta.text for delta in deltas)
    assert done.text == "answer"


def test_tokens_of_all_models_count():
    """`usage` leaves out sub-agents, and answers repeated without streaming."""
    one = {"inputTokens": 10, "cacheReadInputTokens": 5, "outputTokens": 3}
    models = {"large": one, "small": {"inputTokens": 2, "outputTokens": 1}}
    usage = {"input_tokens": 0, "output_tokens": 0}
    _, done = read(*claude_events("text", usage=usage, modelUsage=models))
    assert (done.usage.input_tokens, done.usage.cached_tokens) == (17, 5)
    assert done.usage.output_tokens == 4


def test_retries_and_refused_actions_become_notes():
    retry = {"type": "system", "subtype": "api_retry", "attempt": 1}
    retry |= {"max_retries": 10, "error_status": 529}
    denials = [{"tool_name": "Write"}, {"tool_name": "Bash"}]
    _, done = read(retry, *claude_events("text", permission_denials=denials))
    assert done.notes == (
        "asked again (1 of 10): 529",
        "2 actions of the model were not permitted",
    )


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "result", "is_error": False, "result": 7, "usage": []},
        {"type": "assistant", "message": {"content": "text"}},
        {"type": "assistant", "message": None},
        {"type": "stream_event", "event": {"type": "content_block_delta"}},
        {"type": ["list"]},
        {},
    ],
)
def test_fields_of_the_wrong_kind_do_not_break_the_reading(odd: dict[str, Any]):
    _, done = read(odd, *claude_events("text"))
    assert done.text == "text"


def test_settings_inside_the_project_are_not_read_and_nothing_may_be_changed():
    argv = Claude().argv(Path("/project"), "opus", ("--effort", "low"), False)
    assert argv[argv.index("--setting-sources") + 1] == "user"
    assert "--strict-mcp-config" in argv
    assert argv[argv.index("--tools") + 1] == "Read,Glob,Grep"
    assert argv[argv.index("--permission-mode") + 1] == "default"
    assert argv[argv.index("--model") + 1] == "opus"
    assert argv[-2:] == ["--effort", "low"]
