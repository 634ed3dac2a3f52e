"""Foreign text is shown to the letter."""

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from mux_tui.tui.safe import Guard, block, plain

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize(
    "text", ["[red]x[/red]", "[/usr/bin]", "[@click=app.quit]x[/]"]
)
def test_markup_is_text(text: str) -> None:
    assert plain(text).plain == text
    assert block(text).plain == text


def test_control_bytes_are_pictures() -> None:
    assert plain("a\x1b[2Jb\r\nc").plain == "a␛[2Jb c"
    assert block("a\x1b[2Jb\r\nc\x9b").plain == "a␛[2Jb\nc\\x9b"


def test_the_guard_leaves_what_is_harmless_alone() -> None:
    segments = [Segment("plain ● ▲ │ é 漢字 "), Segment("wide blank \u3000.")]
    painted = Guard().apply(segments, BLACK)
    assert [s.text for s in painted] == [s.text for s in segments]


@pytest.mark.parametrize(
    "char",
    ["\x1b", "\x07", "\x9b", "\x7f", "\u202e", "\u2066", "\n", "\t", "\u200d"],
)
def test_the_guard_lets_nothing_through_that_a_terminal_obeys(char: str) -> None:
    """The line stays as wide as it was laid out, where such characters have no cell."""
    painted = Guard().apply([Segment(f"a{char}b"), Segment("c")], BLACK)
    assert [segment.text for segment in painted] == ["ab", "c"]


@given(st.text())
def test_the_guard_keeps_the_width_of_any_line(text: str) -> None:
    [painted] = Guard().apply([Segment(text)], BLACK)
    assert cell_len(painted.text) == cell_len(text)
    assert not any(category(char) in ("Cc", "Cf", "Cs") for char in painted.text)


def test_the_guard_takes_links_away() -> None:
    """Rich writes a target to the terminal as it is, escape sequences and all."""
    style = Style(bold=True, link="http://evil.invalid\x1b]52;c;AAAA\x07")
    [painted] = Guard().apply([Segment("here", style)], BLACK)
    assert painted.style is not None
    assert (painted.style.link, painted.style.bold) == (None, True)
