"""docs/routing.md says what the code does: names and numbers are compared."""

import re
from pathlib import Path
from typing import get_args

import pytest

from mux_tui.core.routing import confidence, features
from mux_tui.core.routing.confidence import score
from mux_tui.core.routing.evidence import repetition, shape, tokens, wording
from mux_tui.core.routing.inputs import INPUTS
from mux_tui.core.task import Completion, Reason

DOCUMENT = Path(__file__).parents[3] / "docs" / "routing.md"


def table(head: str) -> dict[str, str]:
    """The rows of the table whose first column has this head, by their first cell."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(rf"^\| {head} .*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert found is not None
    rows = [line.strip("|").split("|", 1) for line in found[1].splitlines()]
    return {name.strip(): rest.strip() for name, rest in rows}


def test_every_reason_code_is_explained() -> None:
    assert tuple(table("reason")) == get_args(Reason)


def test_every_input_is_explained() -> None:
    assert tuple(table("input")) == INPUTS


def test_every_confidence_factor_is_explained() -> None:
    names: dict[str, None] = {}
    for logprobs in ((), (-0.1,) * 9):
        done = Completion("x", logprobs=logprobs)
        names |= {factor.name: None for factor in score(done, "").factors}
    assert set(table("factor")) == set(names)


def shown(number: float) -> str:
    return f"{number:g}"


def scale(of: tokens.Scale) -> tuple[str, ...]:
    return (
        f"{shown(of.slope)} for each nat below {shown(of.prose_from)},",
        f"in code below {shown(of.code_from)};",
        f"at most {shown(of.limit)}",
    )


@pytest.mark.parametrize(
    ("factor", "numbers"),
    [
        ("start", (f"+{shown(confidence.START_WEIGHT)} ",)),
        *(
            ("finish_reason", (f"{reason} {shown(weight)}",))
            for reason, weight in shape.FINISH_WEIGHTS.items()
        ),
        ("emptiness", (shown(shape.EMPTY_WEIGHT),)),
        ("unclosed_code", (shown(shape.UNCLOSED_WEIGHT),)),
        ("asked_format", (shown(shape.FORMAT_WEIGHT),)),
        ("markup", (shown(shape.MARKUP_WEIGHT),)),
        ("echo", (shown(shape.ECHO_WEIGHT),)),
        ("faults", (shown(shape.NOTE_WEIGHT), shown(shape.NOTES_LIMIT))),
        ("token_logprobs", (f"fewer than {tokens.FEWEST}",)),
        ("token_low_tenth", scale(tokens.LOW_TENTH)),
        ("token_mean", scale(tokens.MEAN)),
        ("token_least_likely", scale(tokens.LEAST)),
        (
            "hedging",
            (
                shown(wording.STRONG_WEIGHT),
                shown(wording.MILD_WEIGHT),
                shown(wording.HEDGE_LIMIT),
            ),
        ),
        ("refusal", (shown(wording.REFUSAL_WEIGHT),)),
        (
            "repetition",
            (
                f"{shown(repetition.SHORT_WEIGHT)} for a loop",
                f"of {repetition.SHORT_LOOP} words",
                f"{repetition.SAME_LINES} equal lines",
                f"{shown(repetition.LONG_WEIGHT)} for {repetition.LONG_LOOP}",
                f"or {repetition.MANY_LINES}",
            ),
        ),
    ],
)
def test_the_weights_in_the_document_are_those_of_the_code(
    factor: str, numbers: tuple[str, ...]
) -> None:
    row = table("factor")[factor]
    assert all(number in row for number in numbers), row


def test_what_is_read_of_a_long_task_is_said() -> None:
    text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
    said = f"first {features.HEAD:,} and the last {features.TAIL:,} characters"
    assert said in text
