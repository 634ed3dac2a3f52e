"""Reading Gemini CLI's stream."""

import json
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.backends.dialect import Delta
from mux_tui.core.backends.gemini import Gemini
from mux_tui.core.errors import BackendError
from mux_tui.core.events import TextDelta
from mux_tui.core.process.run import Exit, Line
from mux_tui.core.task import Completion
from tests.fake_cli import gemini_events


def read(
    *events: dict[str, Any], code: int = 0, stderr: str = ""
) -> tuple[list[Delta], Completion]:
    parser = Gemini().parser(100_000)
    lines = [Line("out", json.dumps(event)) for event in events]
    deltas = [delta for line in lines for delta in parser.feed(line)]
    return deltas, parser.finish(Exit(code, None, "", stderr, 1.0))


def failure(*events: dict[str, Any], code: int = 0, stderr: str = "") -> BackendError:
    with pytest.raises(BackendError) as caught:
        read(*events, code=code, stderr=stderr)
    return caught.value


def result(message: str) -> dict[str, Any]:
    error = {"type": "unknown", "message": message}
    return {"type": "result", "status": "error", "error": error, "stats": {}}


def test_what_is_said_after_the_last_tool_is_the_answer():
    deltas, done = read(*gemini_events("It is 42."))
    assert all(isinstance(delta, TextDelta) for delta in deltas)
    shown = "".join(delta.text for delta in deltas)
    assert shown == "First I look around.\n\nIt is 42."
    assert done.text == "It is 42."
    assert (done.model, done.session_id) == ("fake-gemini-1", "g-1")
    assert (done.usage.input_tokens, done.usage.output_tokens) == (35, 7)
    assert done.usage.cached_tokens == 20


def test_an_error_in_the_result_is_a_failure_although_the_exit_status_is_0():
    error = failure(*gemini_events("partial")[:-1], result("[API Error: broken]"))
    assert error.fault == "backend_error"
    assert error.why == "[API Error: broken]"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("[API Error: exception TypeError: fetch failed]", "network"),
        ('[API Error: {"code":401,"status":"UNAUTHENTICATED"}]', "not_logged_in"),
        ("[API Error: no] To increase your limits, request a quota", "rate_limit"),
        ("[API Error: API key not valid.]", "not_logged_in"),
    ],
)
def test_failures_are_told_apart_by_their_words(said: str, fault: str):
    assert failure(result(said)).fault == fault


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (41, "not_logged_in"),
        (42, "usage"),
        (53, "backend_error"),
        (55, "usage"),
        (400 % 256, "http_error"),
        (401 % 256, "not_logged_in"),
        (403 % 256, "not_logged_in"),
        (429 % 256, "rate_limit"),
        (500 % 256, "http_error"),
        (1, "exit_status"),
    ],
)
def test_the_exit_status_tells_what_words_do_not(code: int, fault: str):
    assert failure(code=code, stderr="it did not work").fault == fault


def test_an_exit_status_makes_a_vague_failure_clear_and_keeps_its_words():
    error = failure(result("[API Error: no.]"), code=429 % 256)
    assert (error.fault, error.why) == ("rate_limit", "[API Error: no.]")


def test_an_untrusted_directory_comes_with_the_way_out():
    error = failure(code=55, stderr="\x1b[31mGemini CLI is not running in …\x1b[0m")
    assert error.next_step.startswith("Look at them, then open gemini here")


def test_the_telling_line_of_a_noisy_standard_error_is_shown():
    stderr = """Warning: no true colour
    \x1b[31mPlease set an Auth method\x1b[0m
        at async main (file:///bundle/gemini.js:1:1)
    [STARTUP] Phase 'x' was never ended.
    """
    why = failure(code=41, stderr=stderr).why
    assert why == "no way to log in is chosen (Please set an Auth method)"


def test_an_error_event_before_success_is_only_a_note():
    event = {"type": "error", "severity": "warning", "message": "loop detected"}
    _, done = read(event, *gemini_events("fine"))
    assert done.text == "fine"
    assert done.notes == ("loop detected",)


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "message", "role": "assistant", "content": None},
        {"type": "message", "role": "assistant", "content": [1]},
        {"type": "error"},
        {"type": None},
    ],
)
def test_fields_of_the_wrong_kind_do_not_break_the_reading(odd: dict[str, Any]):
    assert read(odd, *gemini_events("fine"))[1].text == "fine"


def test_it_asks_before_every_action_and_reads_the_prompt_from_its_input():
    argv = Gemini().argv(Path("/project"), "m-1", ("--debug",), False)
    assert argv[argv.index("-o") + 1] == "stream-json"
    assert argv[argv.index("--approval-mode") + 1] == "default"
    assert argv[argv.index("-m") + 1] == "m-1"
    assert argv[-1] == "--debug"
