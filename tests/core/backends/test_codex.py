"""Reading Codex's stream."""

import json
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.backends.codex import Codex
from mux_tui.core.backends.dialect import Delta
from mux_tui.core.errors import BackendError
from mux_tui.core.events import ReasoningDelta, TextDelta
from mux_tui.core.process.run import Exit, Line
from mux_tui.core.task import Completion
from tests.fake_cli import codex_events


def read(*events: dict[str, Any], code: int = 0) -> tuple[list[Delta], Completion]:
    parser = Codex().parser(100_000)
    lines = [Line("out", json.dumps(event)) for event in events]
    deltas = [delta for line in lines for delta in parser.feed(line)]
    return deltas, parser.finish(Exit(code, None, "", "", 1.0))


def failure(*events: dict[str, Any]) -> BackendError:
    with pytest.raises(BackendError) as caught:
        read(*events, code=1)
    return caught.value


def error(message: str) -> dict[str, Any]:
    return {"type": "error", "message": message}


def test_the_last_message_is_the_answer_and_reasoning_is_kept_apart():
    deltas, done = read(*codex_events("It is 42."))
    assert deltas == [
        ReasoningDelta("Let me think.\n"),
        TextDelta("First I look around."),
        TextDelta("\n\n"),
        TextDelta("It is 42."),
    ]
    assert done.text == "It is 42."
    assert done.reasoning == "Let me think.\n"
    assert done.session_id == "t-1"
    assert done.usage.input_tokens == 35
    assert done.usage.reasoning_tokens == 3
    assert done.usage.cost_usd is None


def test_a_reconnection_that_worked_is_only_a_note():
    events = codex_events("fine")
    _, done = read(*events[:2], error("Reconnecting... 2/5 (timeout)"), *events[2:])
    assert done.text == "fine"
    assert done.notes == ("Reconnecting... 2/5 (timeout)",)


def test_an_error_item_is_only_a_note():
    item = {"type": "error", "message": "Model metadata for `x` not found."}
    _, done = read({"type": "item.completed", "item": item}, *codex_events("fine"))
    assert done.notes == ("Model metadata for `x` not found.",)


def test_waiting_for_the_network_is_hopeless_at_once():
    parser = Codex().parser(100)
    message = "Reconnecting... waiting for network (Connection failed)"
    with pytest.raises(BackendError) as caught:
        parser.feed(Line("out", json.dumps(error(message))))
    assert caught.value.fault == "network"
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("unexpected status 401 Unauthorized: no", "not_logged_in"),
        ("Missing environment variable: `KEY`.", "not_logged_in"),
        ("You've hit your usage limit.", "rate_limit"),
        ("Quota exceeded. Check your plan.", "rate_limit"),
        ("ran out of room in the model's context window", "context_too_large"),
        ("stream disconnected before completion", "cut"),
        ('{"error": {"message": "no such model", "code": "x"}}', "http_error"),
        ('{"detail": "something new"}', "backend_error"),
    ],
)
def test_a_failed_turn_has_its_own_reason(said: str, fault: str):
    failed = {"type": "turn.failed", "error": {"message": said}}
    assert failure(*codex_events("partial")[:-1], failed).fault == fault
    assert failure(error(said)).fault == fault


def test_an_answer_without_the_end_of_its_turn_is_cut():
    with pytest.raises(BackendError) as caught:
        read(*codex_events("partial")[:-1])
    assert caught.value.fault == "cut"


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "item.completed", "item": "text"},
        {"type": "item.completed", "item": {"type": "agent_message", "text": 7}},
        {"type": "turn.failed", "error": None},
        {"type": 7},
    ],
)
def test_fields_of_the_wrong_kind_do_not_break_the_reading(odd: dict[str, Any]):
    events = codex_events("fine")
    if odd["type"] == "turn.failed":
        assert failure(odd).why == "the turn failed"
    else:
        assert read(odd, *events)[1].text == "fine"


def test_it_runs_read_only_in_the_work_directory_with_the_prompt_on_its_input():
    argv = Codex().argv(Path("/project"), "o9", ("-c", "x=1"), False)
    assert argv[:2] == ["exec", "--json"]
    assert argv[argv.index("-C") + 1] == "/project"
    assert argv[argv.index("-s") + 1] == "read-only"
    assert argv[argv.index("-m") + 1] == "o9"
    assert argv[-3:] == ["-c", "x=1", "-"]
