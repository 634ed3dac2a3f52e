"""How far an answer is trusted."""

import math
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.settings import Router
from mux_tui.core.routing.confidence import score
from mux_tui.core.task import Completion, Factor, FinishReason

TASK = "Explain what a mutex is."
GOOD = "A mutex lets one thread at a time enter a critical section."
ENOUGH = Router().min_confidence
NEUTRAL = (
    "The value is stored in a table and read again later.",
    "Each row has a name and a date.",
    "Threads share the memory of their process.",
    "A lock protects data from concurrent writes.",
)


def completion(
    text: str,
    finish: FinishReason = "stop",
    logprobs: tuple[float, ...] = (),
    notes: tuple[str, ...] = (),
) -> Completion:
    return Completion(text, finish, logprobs=logprobs, notes=notes)


def scored(text: str, task: str = TASK, **others: Any) -> float:
    return score(completion(text, **others), task).score


def factors(text: str, task: str = TASK, **others: Any) -> dict[str, Factor]:
    told = score(completion(text, **others), task)
    return {factor.name: factor for factor in told.factors}


def weight(factor: Factor) -> float:
    assert factor.weight is not None
    return factor.weight


answers = st.builds(
    Completion,
    text=st.text(max_size=300) | st.sampled_from([GOOD, "I'm not sure, maybe.", ""]),
    finish_reason=st.sampled_from(["stop", "length", "unknown", "tool_calls"]),
    logprobs=st.lists(st.floats(-10, 0), max_size=60).map(tuple),
    notes=st.lists(st.text(max_size=20), max_size=4).map(tuple),
)


@given(answers, st.text(max_size=100))
def test_the_weights_sum_to_the_logit_of_the_score(
    answer: Completion, task: str
) -> None:
    told = score(answer, task)
    total = math.fsum(factor.weight or 0.0 for factor in told.factors)
    assert told.score == 1 / (1 + math.exp(-total))
    assert math.isclose(math.log(told.score / (1 - told.score)), total, abs_tol=1e-9)
    assert all(factor.weight is not None for factor in told.factors)


def test_a_clean_short_answer_is_trusted() -> None:
    logprobs = (-0.9, -0.2, -0.6, -0.1, -1.2, -0.3, -0.1, -0.4, -0.2)
    greeting = "Hello! It's nice to meet you."
    assert scored(greeting, "Say hello in one sentence.", logprobs=logprobs) >= ENOUGH
    assert scored(greeting, "Say hello in one sentence.") >= ENOUGH


@given(
    st.sampled_from([GOOD, "Yes.", "It is 4.", "I think it is 4.", "```\nx = 1"]),
    st.lists(st.sampled_from(NEUTRAL), min_size=1, max_size=40),
    st.lists(st.floats(-3, 0), max_size=40),
    st.lists(st.floats(-3, 0), max_size=40),
)
def test_more_neutral_prose_never_raises_it(
    text: str, padding: list[str], first: list[float], more: list[float]
) -> None:
    longer = text + "\n\n" + " ".join(padding)
    added = scored(longer, logprobs=tuple(first + more if first else []))
    assert added <= scored(text, logprobs=tuple(first)) + 1e-12


def test_a_long_hedge_does_not_beat_a_short_good_answer() -> None:
    hedge = (
        "I'm not sure, but maybe it could be something like a lock, perhaps a kind "
        "of flag; I think you might want to check the documentation for details."
    )
    assert len(hedge) > 80 > len(GOOD)
    assert scored(hedge) < ENOUGH < scored(GOOD)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "emptiness"),
        (" \n ...", "emptiness"),
        ("I'm not sure.", "hedging"),
        ("I don’t know what that is.", "hedging"),
        ("As an AI language model, I have no opinion.", "refusal"),
        ("I'm sorry, but I can't do that.", "refusal"),
        ("I cannot help with that request.", "refusal"),
        ("yes " * 40, "repetition"),
        ("the same line again\n" * 12, "repetition"),
        ("Here:\n```python\nx = 1\n", "unclosed_code"),
        ('<tool_call>{"name": "read"}</tool_call>', "markup"),
        ("Explain what a mutex is. It is a lock.", "echo"),
    ],
)
def test_each_sign_of_trouble_is_enough_to_fall_below(text: str, name: str) -> None:
    told = factors(text)
    assert weight(told[name]) < 0
    assert told[name].leans == "cloud"
    assert scored(text) < ENOUGH


def test_the_finish_reasons_in_order_of_trust() -> None:
    reasons = ("stop", "unknown", "length", "tool_calls", "content_filter")
    scores = [scored(GOOD, finish=reason) for reason in reasons]
    assert all(better > worse for better, worse in pairwise(scores))
    assert scores[1] >= ENOUGH > scores[2]


@pytest.mark.parametrize(
    ("task", "good", "bad"),
    [
        ("Return a JSON object. JSON only.", '{"a": 1}', "The object has one field."),
        ("Return the user as JSON.", 'Here:\n```json\n{"a": 1}\n```', "{a: }"),
        (
            "Write a Python function that adds.",
            "```python\ndef add(a, b):\n    return a + b\n```",
            "```java\nint add(int a, int b) { return a + b; }\n```",
        ),
        (
            "Write a SQL query for all users.",
            "SELECT * FROM users;",
            "You read the table of all users.",
        ),
        (
            "Write a function that adds, in Rust.",
            "```\nfn add(a: i32, b: i32) -> i32 { a + b }\n```",
            "It is easily done.",
        ),
    ],
)
def test_a_format_that_was_asked_for_is_looked_for(
    task: str, good: str, bad: str
) -> None:
    assert factors(good, task)["asked_format"].weight == 0
    assert scored(bad, task) < ENOUGH <= scored(good, task)


@pytest.mark.parametrize(
    "task",
    [
        "What is JSON?",
        "Write a Python function that returns JSON.",
        "Explain the JSON parser of Python.",
        "How do Python scripts start?",
    ],
)
def test_speaking_of_a_format_is_not_asking_for_it(task: str) -> None:
    text = "It is this:\n```python\ndef f():\n    return '{}'\n```"
    assert factors(text, task)["asked_format"].weight == 0


def test_words_in_code_are_not_hedging() -> None:
    text = "Here it is.\n```python\n# I'm not sure, maybe perhaps\nx = 1\n```"
    assert factors(text)["hedging"].weight == 0


def test_faults_on_the_way_take_away_and_are_named_safely() -> None:
    told = factors(GOOD, notes=("skipped \x1b[2J event",))["faults"]
    assert told.weight == -0.5
    assert "\x1b" not in told.note


def test_the_routing_word_is_no_part_of_the_task() -> None:
    task = "@local Explain what a mutex is."
    assert factors("Explain what a mutex is. A lock.", task)["echo"].weight != 0


def test_ordinary_repeats_are_no_loop() -> None:
    table = "| a | b |\n| --- | --- |\n" + "\n".join(f"| {i} | x |" for i in range(30))
    code = "```c\n" + "\n".join(f"case {i}:\n    break;" for i in range(20)) + "\n```"
    assert factors(table)["repetition"].weight == 0
    assert factors(code)["repetition"].weight == 0


@pytest.mark.parametrize(
    "unit", ["a", "a ", "`", "```\n", "{", "i am ", "\n", "ab " * 9]
)
def test_a_very_long_answer_is_scored_in_a_moment(unit: str) -> None:
    text = unit * (2_000_000 // len(unit))
    started = time.process_time()
    scored(text, logprobs=tuple([-0.1] * 50_000))
    assert time.process_time() - started < 1.0
