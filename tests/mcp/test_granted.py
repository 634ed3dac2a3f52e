"""Who calls may ask for less than the settings allow, and never for more."""

import itertools
from typing import get_args

import pytest

from mux_tui.core.task import Apply
from mux_tui.mcp.ordering import granted

ALL: tuple[Apply, ...] = get_args(Apply)
CAREFUL = ("auto", "ask", "never")


@pytest.mark.parametrize(
    ("wanted", "allowed", "can_ask", "given"),
    [
        (None, "ask", False, "never"),
        (None, "ask", True, "ask"),
        (None, "auto", False, "auto"),
        (None, "never", True, "never"),
        ("auto", "ask", False, "never"),
        ("auto", "ask", True, "ask"),
        ("auto", "auto", False, "auto"),
        ("auto", "never", True, "never"),
        ("ask", "auto", True, "ask"),
        ("ask", "auto", False, "never"),
        ("never", "auto", True, "never"),
    ],
)
def test_what_is_given(
    wanted: Apply | None, allowed: Apply, can_ask: bool, given: Apply
) -> None:
    apply, notes = granted(wanted, allowed, can_ask)
    assert apply == given
    assert bool(notes) == (wanted is not None and wanted != given)


def test_never_more_than_allowed_and_no_question_that_nobody_hears() -> None:
    for wanted, allowed, can_ask in itertools.product((None, *ALL), ALL, (True, False)):
        apply, _ = granted(wanted, allowed, can_ask)
        assert CAREFUL.index(apply) >= CAREFUL.index(allowed)
        assert can_ask or apply != "ask"
