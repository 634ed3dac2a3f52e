"""What is told of a task and of a request, as values."""

import json
from dataclasses import replace
from typing import Any, get_args

import pytest

from mux_tui.core import genai
from mux_tui.core.task import Attempt, Completion, Outcome, Route, Usage, Verdict
from mux_tui.core.telemetry import words
from mux_tui.core.telemetry.exchange_spans import is_told, told_of_exchange
from mux_tui.core.telemetry.facts import ExchangeFacts, RunFacts, Terms
from mux_tui.core.telemetry.run_spans import PROVIDERS, told_of_run
from tests.core.ledger.facts import (
    a_decision,
    a_failure,
    a_file_outcome,
    a_task,
    an_attempt,
    an_exchange,
    an_outcome,
)

KEY = "sk-ant-api03-abcdefghijklmnop"
TERMS = Terms()


def facts(outcome: Outcome, text: str = "Say hello.", **more: Any) -> RunFacts:
    """A task that took from 1000 to 1010."""
    task = a_task(text, outcome.run_id)
    return RunFacts(task, a_decision(), outcome, 1000.0, 1010.0, **more)


def test_a_task_is_a_span_with_one_for_each_attempt_in_it() -> None:
    outcome = an_outcome("r1", "Hello.", an_attempt(1), a_failure(2))
    root = told_of_run(facts(outcome), TERMS).span
    assert (root.id, root.name, root.kind) == ("r1", "invoke_agent mux", "internal")
    assert [child.id for child in root.children] == ["r1/1", "r1/2"]
    assert [child.name for child in root.children] == ["chat starter", "chat"]
    assert {child.kind for child in root.children} == {"client"}


def test_the_task_tells_where_it_went_why_and_what_proves_it() -> None:
    told = told_of_run(facts(an_outcome("r1", "x", an_attempt())), TERMS)
    wanted = {
        genai.OPERATION: "invoke_agent",
        genai.PROVIDER: "mux",
        genai.AGENT_NAME: "mux",
        "mux.run.id": "r1",
        "mux.door": "cli",
        "mux.kind": "advisory",
        "mux.status": "done",
        "mux.reason": "local_preferred",
        "mux.route": "local",
        "mux.route.requested": "auto",
        "mux.route.decided": "local",
        "mux.verdict": "pass",
        "mux.confidence": 0.75,
        "mux.retries": 1,
        "mux.attempts": 1,
        "mux.cost.usd": 0.5,
        genai.INPUT_TOKENS: 120,
        genai.REASONING_TOKENS: 4,
    }
    assert wanted.items() <= told.span.attributes.items()
    assert not told.span.failed
    assert genai.ERROR_TYPE not in told.span.attributes


def test_an_attempt_tells_the_model_its_tokens_and_its_times() -> None:
    (child,) = told_of_run(
        facts(an_outcome("r1", "x", an_attempt())), TERMS
    ).span.children
    wanted = {
        genai.OPERATION: "chat",
        genai.PROVIDER: "local",
        genai.REQUEST_MODEL: "starter",
        genai.RESPONSE_MODEL: "starter-135m",
        genai.FINISH_REASONS: ("stop",),
        genai.CONVERSATION_ID: "session-1",
        genai.REQUEST_STREAM: True,
        genai.TIME_TO_FIRST_CHUNK: 0.25,
        genai.INPUT_TOKENS: 120,
        genai.OUTPUT_TOKENS: 34,
        genai.CACHE_READ_TOKENS: 100,
        "mux.backend": "chat_completions",
    }
    assert wanted.items() <= child.attributes.items()


def test_attempts_lie_where_they_were_in_time() -> None:
    outcome = an_outcome("r1", "x", an_attempt(1), a_failure(2))
    root = told_of_run(facts(outcome, attempts_ended={1: 1004.0}), TERMS).span
    first, second = root.children
    assert (first.started, first.ended) == (1002.5, 1004.0)
    # It was cut short, by the end of the task.
    assert (second.started, second.ended) == (1010.0 - 0.2, 1010.0)


def test_an_attempt_never_begins_before_its_task() -> None:
    outcome = an_outcome("r1", "x", replace(an_attempt(), seconds=1e6))
    (child,) = told_of_run(facts(outcome), TERMS).span.children
    assert child.started == 1000.0


def test_a_failure_is_told_by_its_class_and_without_words() -> None:
    outcome = replace(
        an_outcome("r1", "", a_failure()), status="failed", reason="cloud_failed"
    )
    told = told_of_run(facts(outcome), TERMS)
    assert told.span.failed
    assert told.span.attributes[genai.ERROR_TYPE] == "cloud_failed"
    (child,) = told.span.children
    assert (child.failed, child.failure) == (True, "")
    assert child.attributes[genai.ERROR_TYPE] == "not_logged_in"
    assert child.attributes[genai.PROVIDER] == "anthropic"


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_what_the_user_ended_is_no_error(status: Any) -> None:
    outcome = replace(an_outcome("r1"), status=status, reason="cancelled")
    assert not told_of_run(facts(outcome), TERMS).span.failed


def test_escalations_and_retries_are_events_between_attempts() -> None:
    fails = replace(an_attempt(2), verdict=Verdict("fail", "no"))
    outcome = an_outcome("r1", "x", an_attempt(1), fails, a_failure(3))
    events = told_of_run(facts(outcome, attempts_ended={2: 1005.0}), TERMS).span.events
    assert [event.name for event in events] == ["mux.retried", "mux.escalated"]
    assert events[1].at == 1005.0
    assert events[1].attributes["mux.from"] == "local"
    assert events[1].attributes["mux.to"] == "claude"
    assert events[1].attributes["mux.verdict"] == "fail"


def test_file_work_is_told_in_numbers() -> None:
    told = told_of_run(facts(a_file_outcome("r1")), TERMS)
    numbers = {
        "mux.files": 2,
        "mux.lines.added": 5,
        "mux.lines.removed": 0,
        "mux.applied": True,
    }
    assert numbers.items() <= told.span.attributes.items()


@pytest.mark.parametrize("content", [False, True])
def test_no_path_is_told_in_any_attribute(content: bool) -> None:
    """Neither the work directory, nor a file's name, nor where a model lies."""
    attempt = replace(an_attempt(), model="/Users/ada/models/starter")
    outcome = replace(a_file_outcome("r1"), attempts=(attempt,))
    told = repr(told_of_run(facts(outcome), Terms(content)))
    assert "/Users/ada" not in told
    assert "/home/someone" not in told
    assert "sum.py" not in told
    assert "starter" in told


def test_no_words_are_told_unless_they_are_wanted() -> None:
    outcome = replace(
        an_outcome("r1", "The answer.", an_attempt(text="The answer."), a_failure()),
        sentence="said privately",
    )
    told = repr(told_of_run(facts(outcome, "The question."), TERMS))
    for private in ("question", "answer", "privately", "Not logged in"):
        assert private not in told


def test_words_that_are_wanted_are_messages_without_credentials() -> None:
    answer = f"Use {KEY} now.\x1b[2J"
    outcome = an_outcome("r1", answer, an_attempt(text=answer), a_failure(2))
    root = told_of_run(facts(outcome, f"What is {KEY}?"), Terms(True)).span
    assert KEY not in repr(root)
    assert "\x1b" not in repr(root)
    (asked,) = json.loads(str(root.attributes[genai.INPUT_MESSAGES]))
    assert asked["role"] == "user"
    assert asked["parts"] == [{"type": "text", "content": "What is [redacted]?"}]
    (said,) = json.loads(str(root.children[0].attributes[genai.OUTPUT_MESSAGES]))
    assert (said["role"], said["finish_reason"]) == ("assistant", "stop")
    assert root.children[1].failure == "Not logged in."


def test_words_are_bounded() -> None:
    assert len(words.message("user", "x" * 1_000_000)) < 20_000
    assert len(words.name("m" * 1000)) <= 120
    assert len(words.line("m " * 1000)) <= 500


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("mlx-community/Qwen3-8B-4bit", "mlx-community/Qwen3-8B-4bit"),
        ("/opt/models/qwen", "qwen"),
        ("~/models/qwen", "qwen"),
        ("../qwen", "qwen"),
        ("C:\\models\\qwen", "qwen"),
        ("C:/models/qwen", "qwen"),
        ("evil\x1b[31m\nmodel", "evil␛[31m model"),
        (KEY, "[redacted]"),
        ("", ""),
    ],
)
def test_the_name_of_a_model_is_told_without_its_place(model: str, told: str) -> None:
    assert words.name(model) == told


def test_every_route_has_a_provider() -> None:
    assert set(PROVIDERS) == set(get_args(Route))


def test_the_server_is_told_for_the_local_model_alone() -> None:
    outcome = an_outcome("r1", "x", an_attempt(1), a_failure(2))
    root = told_of_run(facts(outcome), Terms(address="gpu.lan", port=8080)).span
    local, cloud = root.children
    assert local.attributes[genai.SERVER_ADDRESS] == "gpu.lan"
    assert local.attributes[genai.SERVER_PORT] == 8080
    assert genai.SERVER_ADDRESS not in cloud.attributes


def test_measures_are_those_that_are_known() -> None:
    silent = Attempt(2, "codex", "codex", completion=Completion("x"), seconds=2.0)
    outcome = an_outcome("r1", "x", an_attempt(1), silent)
    told = told_of_run(facts(outcome), TERMS)
    found = [(one.metric, one.value) for one in told.measures]
    assert found == [
        (genai.METRIC_AGENT_DURATION, 10.0),
        (genai.METRIC_DURATION, 1.5),
        (genai.METRIC_FIRST_CHUNK, 0.25),
        (genai.METRIC_TOKENS, 120),
        (genai.METRIC_TOKENS, 34),
        (genai.METRIC_DURATION, 2.0),
    ]
    # Names of runs would make a series of each.
    assert not any("r1" in repr(one.attributes) for one in told.measures)


def test_a_task_that_ended_before_its_decision_is_told_too() -> None:
    outcome = Outcome("r1", "interrupted", "interrupted", "mux was closed")
    told = told_of_run(replace(facts(outcome), decision=None), TERMS)
    assert told.span.attributes["mux.status"] == "interrupted"
    assert told.span.children == ()


def test_odd_usage_of_a_backend_does_no_harm() -> None:
    done = Completion("x", usage=Usage(input_tokens=-5, output_tokens=0))
    outcome = an_outcome("r1", "x", replace(an_attempt(), completion=done))
    told = told_of_run(facts(outcome), TERMS)
    counts = [m.value for m in told.measures if m.metric == genai.METRIC_TOKENS]
    assert counts == [0]


def test_a_request_is_one_span() -> None:
    told = told_of_exchange(ExchangeFacts(an_exchange("x1"), 1000.0), TERMS)
    span = told.span
    assert (span.id, span.name, span.kind) == ("x1", "chat starter-135m", "client")
    assert (span.started, span.ended) == (998.5, 1000.0)
    wanted = {
        genai.PROVIDER: "local",
        genai.REQUEST_MODEL: "starter-135m",
        genai.CONVERSATION_ID: "session-1",
        genai.AGENT_ID: "agent-1",
        genai.FINISH_REASONS: ("tool_use",),
        genai.INPUT_TOKENS: 12_010,
        genai.OUTPUT_TOKENS: 40,
        genai.CACHE_READ_TOKENS: 11_500,
        "mux.model.asked": "claude-sonnet-4-5",
        "mux.door": "proxy",
        "mux.cuts": 1,
        "mux.route": "local",
    }
    assert wanted.items() <= span.attributes.items()
    assert [one.metric for one in told.measures] == [
        genai.METRIC_DURATION,
        genai.METRIC_FIRST_CHUNK,
        genai.METRIC_TOKENS,
        genai.METRIC_TOKENS,
    ]


def test_a_request_that_failed_tells_its_status() -> None:
    failed = an_exchange("x1", status="failed", http_status=529, error="it said: /a/b")
    span = told_of_exchange(ExchangeFacts(failed, 1000.0), TERMS).span
    assert (span.failed, span.failure) == (True, "")
    assert span.attributes[genai.ERROR_TYPE] == "529"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"route": "cloud"}, True),
        ({"status": "cancelled"}, True),
        ({"status": "running"}, False),
        ({"kind": "side", "route": "none"}, False),
        ({"kind": "count"}, False),
        ({"kind": "warm"}, False),
        ({"route": "none", "status": "failed"}, False),
    ],
)
def test_only_what_a_model_was_asked_for_a_user_is_told(
    changes: dict[str, Any], told: bool
) -> None:
    assert is_told(an_exchange("x1", **changes)) is told
