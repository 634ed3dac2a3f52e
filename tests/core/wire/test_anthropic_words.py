"""The user's own words, among what the client puts around them."""

import time

import pytest

from mux_tui.core.wire.anthropic import (
    MessagesRequest,
    Role,
    Text,
    ToolResult,
    ToolUse,
    Turn,
)
from mux_tui.core.wire.anthropic_parse import last_words

REMINDER = "<system-reminder>\n# CLAUDE.md\n" + "rules " * 200 + "</system-reminder>\n"


def turn(*texts: str, role: Role = "user") -> Turn:
    """A turn of text blocks."""
    return Turn(role, tuple(Text(text) for text in texts))


def words(*turns: Turn) -> str:
    """The last words in these turns."""
    return last_words(MessagesRequest("m", turns, 1))


@pytest.mark.parametrize(
    ("texts", "typed"),
    [
        (("fix it",), "fix it"),
        ((REMINDER, REMINDER, "fix it"), "fix it"),
        ((f"{REMINDER}fix it\n{REMINDER}now",), "fix it\n\nnow"),
        (("first", "second"), "first\n\nsecond"),
        (("is a < b and <b> bold?",), "is a < b and <b> bold?"),
        (("what is <system-reminder> for?",), "what is <system-reminder> for?"),
        (
            (
                "<command-message>go</command-message>\n<command-name>/go</command-name>"
                "\n<command-args>the tests</command-args>",
            ),
            "the tests",
        ),
        (("<bash-input>ls</bash-input>", "<bash-stdout>a</bash-stdout>", "ok"), "ok"),
        (("<local-command-stdout>x</local-command-stdout>",), ""),
        (("[Request interrupted by user]", "try again"), "try again"),
        ((), ""),
    ],
)
def test_only_what_was_typed_is_left(texts: tuple[str, ...], typed: str) -> None:
    assert words(turn(*texts)) == typed


def test_the_words_stay_those_of_the_turn_that_set_tools_off() -> None:
    result = Turn("user", (ToolResult("t1", (Text("that's wrong"),)), Text(REMINDER)))
    call = Turn("assistant", (ToolUse("t1", "Read", {}),))

    assert words(turn("old"), turn("read a.py"), call, result) == "read a.py"


def test_a_system_turn_holds_no_words_of_the_user() -> None:
    assert words(turn("hi"), turn("agent types", role="system")) == "hi"


def test_marks_that_never_end_cost_no_time() -> None:
    started = time.process_time()

    assert words(turn("<system-reminder>" * 100_000))
    assert time.process_time() - started < 2
