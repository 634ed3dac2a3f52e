"""The routing word at the beginning of a task."""

import pytest

from mux_tui.core.routing.override import split_override


@pytest.mark.parametrize(
    ("text", "route", "rest"),
    [
        ("@claude explain this", "claude", "explain this"),
        ("@local\nexplain", "local", "explain"),
        ("  @codex   x", "codex", "x"),
        ("@gemini", "gemini", ""),
    ],
)
def test_the_first_word_names_a_route(text: str, route: str, rest: str) -> None:
    assert split_override(text) == (route, rest)


@pytest.mark.parametrize(
    "text",
    [
        "@path/file explain",
        "@claude/notes.md explain",
        "@claude, explain",
        "@claudette explain",
        "@Claude explain",
        "ask @claude to explain",
        "claude explain",
        "@ claude",
        "",
    ],
)
def test_anything_else_is_part_of_the_task(text: str) -> None:
    assert split_override(text) == (None, text)
