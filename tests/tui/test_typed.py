"""Text that a terminal types as keys: told from keys, and put in at once."""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key
from textual.widgets import TextArea

from mux_tui.tui.terminal.typed import Typed, Typing, parted
from tests.tui.pty.terminal import Terminal, terminal
from tests.tui.stage import make_desk, on_stage, until

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "read",
    [
        "one line\rand another",
        "x" * 24,
        "a line of some length, and its end\r",
        "\tindented\r\tcode",
        "zwei Zeilen\r\nmit ü",
    ],
)
def test_what_arrives_together_is_taken_for_pasted(read: str) -> None:
    assert Typing().looks_pasted(read)


@pytest.mark.parametrize(
    "read", ["q", "fix it", "fix it\r", "\r\r\r", "\t\t", "\x1b[A", "ab\x03", "a\x1b[B"]
)
def test_keys_stay_keys(read: str) -> None:
    assert not Typing().looks_pasted(read)


def test_a_paste_with_brackets_is_left_alone_over_all_of_its_reads() -> None:
    typing = Typing()
    typing.took("\x1b[20")
    typing.took("0~first")
    long = "a line\rand another one\r" * 20
    assert not typing.looks_pasted(long)
    typing.took(long)
    assert not typing.looks_pasted(long)
    typing.took("end\x1b[201~")
    typing.took("x" * 40)
    assert typing.looks_pasted(long)


def test_what_may_belong_to_an_escape_is_keys() -> None:
    typing = Typing()
    typing.took("\x1b[<0;3")
    assert not typing.looks_pasted("x" * 30)


def test_an_enter_behind_one_line_sends_it() -> None:
    assert parted("a task\r") == ("a task", "\r")


def test_an_enter_behind_several_lines_is_the_end_of_the_last() -> None:
    assert parted("one\rtwo\r") == ("one\rtwo\r", "")


@given(st.text(alphabet="ab \r\n\t"))
def test_nothing_is_lost(read: str) -> None:
    arrived = parted(read)
    assert arrived.text + arrived.keys == read


async def test_typed_text_goes_into_the_task_at_once(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), (120, 36)) as (app, pilot):
        app.post_message(Typed("first\rsecond"))
        field = app.screen.query_one(TextArea)
        await until(pilot, lambda: field.text == "first\nsecond")


async def test_without_a_text_field_it_is_keys(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), (120, 36)) as (app, pilot):
        app.set_focus(None)
        keys: list[str] = []
        screen = app.screen
        screen._forward_event = lambda event: (  # pyright: ignore[reportPrivateUsage]
            keys.append(event.key) if isinstance(event, Key) else None
        )
        app.post_message(Typed("xy\rz"))
        await until(pilot, lambda: keys == ["x", "y", "enter", "z"])


@pytest.fixture
def cockpit(tmp_path: Path) -> Generator[Terminal]:
    """The real cockpit on a terminal."""
    home = tmp_path / "mux"
    environment = {
        "HOME": str(tmp_path),
        "MUX_HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(PROJECT),
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
    }
    argv = [sys.executable, "-m", "mux_tui", "--set", "ui.theme=mux-dark"]
    with terminal(argv, environment, tmp_path) as opened:
        opened.until("Describe the outcome")
        yield opened


def test_pasted_lines_send_nothing(cockpit: Terminal) -> None:
    cockpit.type("the first line\rthe second line\rthe third\r")
    cockpit.until("the third")
    # A key behind it: by then an enter in it would have emptied the field.
    cockpit.type("!")
    cockpit.until("!")
    for line in ("the first line", "the second line", "the third"):
        assert line in cockpit.screen.text


def test_ten_thousand_characters_are_kept_beside_the_task(cockpit: Terminal) -> None:
    cockpit.type("0123456789 abcdefgh\r" * 500)
    cockpit.until("[pasted #1: 501 lines, 10,000 characters]")
