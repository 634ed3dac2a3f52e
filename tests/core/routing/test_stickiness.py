"""What is remembered of conversations, and how much of it."""

import pytest

from mux_tui.core.routing.stickiness import Stickiness, Sticky, after, begins_turn
from mux_tui.core.wire.anthropic import Text, ToolResult, ToolUse, Turn

SAID = Turn("user", (Text("do it"),))
CALLED = Turn("assistant", (ToolUse("t1", "Read", {}),))
BROUGHT = Turn("user", (ToolResult("t1", (Text("x"),)),))
TOLD = Turn("system", (Text("agents"),))


@pytest.mark.parametrize(
    ("turns", "begins"),
    [
        ((SAID,), True),
        ((SAID, TOLD), True),
        ((SAID, CALLED, BROUGHT), False),
        ((SAID, CALLED, BROUGHT, TOLD), False),
        ((SAID, CALLED, Turn("user", (*BROUGHT.blocks, Text("no, stop")))), False),
        ((SAID, CALLED, BROUGHT, Turn("assistant", (Text("done"),)), SAID), True),
        ((SAID, Turn("assistant", (Text("beginning of an answer"),))), False),
        ((), False),
    ],
)
def test_where_a_turn_begins(turns: tuple[Turn, ...], begins: bool) -> None:
    assert begins_turn(turns) is begins


def test_side_calls_leave_no_trace() -> None:
    before = Sticky("cloud", "high", "claude-x")
    assert after(before, "none", "medium", "") == before
    kept = Stickiness()
    kept.note("s", "", "none", "medium")
    assert len(kept) == 0


def test_the_quietest_conversation_is_forgotten() -> None:
    kept = Stickiness(conversations=2)
    kept.note("a", "", "cloud", "high", "m")
    kept.note("b", "", "local", "low")
    assert kept.of("a").route == "cloud"
    kept.note("c", "", "local", "low")
    assert len(kept) == 2
    assert kept.of("b") == Sticky()
    assert kept.of("a") == Sticky("cloud", "high", "m")


def test_looking_keeps_nothing() -> None:
    kept = Stickiness()
    for number in range(2000):
        kept.of(str(number))
    assert len(kept) == 0


def test_a_client_without_a_conversation_is_not_remembered() -> None:
    kept = Stickiness()
    kept.note("", "", "cloud", "high", "m")
    assert kept.of("") == Sticky()


def test_a_new_sub_agent_takes_over_the_effort_and_no_route() -> None:
    kept = Stickiness()
    kept.note("s", "", "cloud", "high", "m")
    assert kept.of("s", "a1") == Sticky(tier="high")
    kept.note("s", "a1", "local", "high")
    assert kept.of("s", "a1").route == "local"
    assert kept.of("s").route == "cloud"
