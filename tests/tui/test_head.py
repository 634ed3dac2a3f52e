"""The first line of every screen."""

import pytest

from mux_tui.core.ledger.rows import Summary
from mux_tui.core.routing.situation import LocalState, LocalStatus
from mux_tui.tui.glyphs import ASCII, UNICODE
from mux_tui.tui.pulse import Pulse
from mux_tui.tui.widgets.head import headline

SUMMARY = Summary(1284, 200, None, None, None, None, {}, {}, (), 0.88)
LOOK = Pulse(
    LocalState("ready", "", "qwen3-coder-30b"),
    "running",
    3456,
    ("claude", "codex"),
    "ask",
    SUMMARY,
)


def test_a_wide_line_names_model_port_and_every_cli() -> None:
    assert headline(LOOK, UNICODE, 120).plain == (
        " mux  ● local qwen3-coder-30b  ● proxy :3456  ● claude ● codex ○ gemini"
        " │ 1,284 runs · 88% local"
    )


def test_a_narrow_line_names_what_is_there() -> None:
    assert headline(LOOK, UNICODE, 80).plain == (
        " mux ● local ● proxy ● claude ● codex │ 1,284 runs 88%"
    )


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        ("ready", "●"),
        ("startable", "◐"),
        ("crashed", "✗"),
        ("unreachable", "✗"),
        ("not_configured", "○"),
    ],
)
def test_each_state_of_the_model_has_its_mark(status: LocalStatus, mark: str) -> None:
    assert f"{mark} local" in headline(Pulse(LocalState(status)), UNICODE, 120).plain


def test_before_the_first_look_nothing_is_claimed() -> None:
    assert headline(Pulse(), ASCII, 80).plain.split() == [
        "mux",
        "o",
        "local",
        "o",
        "proxy",
    ]


def test_a_hostile_model_name_is_shown_to_the_letter() -> None:
    look = Pulse(LocalState("ready", "", "[red]\x1b]52;c;AA\x07[/red]"))
    assert "[red]␛]52;c;AA␇[/red]" in headline(look, UNICODE, 120).plain
