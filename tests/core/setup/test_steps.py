"""The way through the steps, as tables."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mux_tui.core.setup.choices import Choices, ModelChoice, ModelKind
from mux_tui.core.setup.steps import Step, after, before, trail

STEP_LETTERS: Mapping[str, Step] = {
    "h": "hardware",
    "m": "model",
    "d": "download",
    "s": "serve",
    "c": "connect",
    "w": "summary",
}


def chosen(kind: ModelKind, *, serve: bool = True) -> Choices:
    return Choices(ModelChoice(kind, "a/b", "http://127.0.0.1:1/v1"), serve=serve)


@pytest.mark.parametrize(
    ("kind", "serve", "skipped", "way"),
    [
        ("starter", True, "", "hmdscw"),
        ("hub", True, "", "hmdscw"),
        ("directory", True, "", "hmscw"),
        ("server", True, "", "hmscw"),
        ("cloud", True, "", "hmcw"),
        ("none", True, "", "hmcw"),
        ("hub", False, "", "hmdcw"),
        ("server", False, "", "hmcw"),
        ("hub", True, "d", "hmdcw"),
        ("directory", True, "d", "hmscw"),
    ],
)
def test_the_way_leads_through_what_has_something_to_do(
    kind: ModelKind, serve: bool, skipped: str, way: str
) -> None:
    choices = chosen(kind, serve=serve)
    gone: frozenset[Step] = frozenset(STEP_LETTERS[one] for one in skipped)
    steps: list[Step] = [STEP_LETTERS[letter] for letter in way]
    for here, there in zip(steps, steps[1:], strict=False):
        assert after(here, choices, gone) == there
        assert before(there, choices, gone) == here
    assert before("hardware", choices, gone) is None
    assert after("summary", choices, gone) is None


def test_the_trail_tells_where_everything_stands() -> None:
    skipped = frozenset[Step](("hardware",))
    assert dict(trail("serve", chosen("server"), skipped)) == {
        "hardware": "skipped",
        "model": "done",
        "download": "passed",
        "serve": "here",
        "connect": "ahead",
        "summary": "ahead",
    }


def test_a_step_that_has_nothing_to_do_can_still_be_left() -> None:
    """The choices may change under the wizard: back from `serve` to `cloud only`."""
    choices = replace(chosen("cloud"), serve=True)
    assert after("serve", choices) == "connect"
    assert before("serve", choices) == "model"
