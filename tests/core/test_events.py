"""Events in the form that scripts read."""

import json
from pathlib import Path

from mux_tui.core.events import (
    Answered,
    AttemptEnded,
    AttemptStarted,
    Decided,
    Finished,
    Started,
    TextDelta,
    as_json,
)
from mux_tui.core.task import (
    Attempt,
    Completion,
    Confidence,
    Decision,
    Factor,
    Outcome,
    Task,
)


def test_an_event_carries_its_name_and_fields() -> None:
    assert as_json(TextDelta("hi")) == {"event": "text_delta", "text": "hi"}
    started = as_json(AttemptStarted(1, "local", "scripted", "m"))
    assert started["event"] == "attempt_started"
    assert started["number"] == 1


def test_an_event_around_one_fact_is_flat() -> None:
    decision = Decision("local", "local_preferred", "stays local")
    assert as_json(Decided(decision))["route"] == "local"
    outcome = Outcome("r1", "done", "local_preferred", "ok", output="text")
    finished = as_json(Finished(outcome))
    wanted = (
        "event run_id route backend model reason confidence verdict files usage output"
    )
    assert set(wanted.split()) <= finished.keys()


def test_log_probabilities_are_told_once() -> None:
    attempt = Attempt(
        1, "local", "scripted", completion=Completion("x", logprobs=(-1.0,))
    )
    assert attempt.completion
    outcome = Outcome("r1", "done", "local_preferred", "ok", attempts=(attempt,))
    assert as_json(AttemptEnded(attempt))["completion"]["logprobs"] == [-1.0]
    assert as_json(Answered(1, attempt.completion))["completion"]["logprobs"] == []
    assert as_json(Finished(outcome))["attempts"][0]["completion"]["logprobs"] == []


def test_every_value_can_be_written_as_json() -> None:
    factor = Factor("logprob", float("nan"), weight=float("-inf"))
    task = Task("t", Path("/tmp"), "r1")
    outcome = Outcome("r1", "done", "error", "x", confidence=Confidence(0.5, (factor,)))
    for event in (Started(task), Finished(outcome)):
        assert json.loads(json.dumps(as_json(event), allow_nan=False))
