"""Foreign text never reaches a terminal as something the terminal obeys."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.text import one_line, printable


@given(st.text(alphabet=st.characters(codec=None)))
def test_nothing_a_terminal_obeys_is_left(text: str) -> None:
    """Only newline and tab survive of all control characters."""
    for character in printable(text):
        category = unicodedata.category(character)
        assert category not in ("Cc", "Cs") or character in "\n\t"


@given(st.text(), st.text())
def test_pieces_of_a_stream_may_be_made_safe_one_at_a_time(a: str, b: str) -> None:
    assert printable(a) + printable(b) == printable(a + b)


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_one_line_is_one_short_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert "\n" not in line
    assert len(line) <= limit


def test_escape_sequences_are_shown_not_obeyed() -> None:
    assert printable("\x1b]52;c;Zm9v\x07") == "␛]52;c;Zm9v␇"
    assert printable("\x9b31m") == "\\x9b31m"


def test_hidden_directions_are_shown() -> None:
    assert printable("a\u202eb") == "a<U+202E>b"


def test_ordinary_text_is_untouched() -> None:
    text = "naïve 你好 👩\u200d💻 e\u0301\n\tשלום"
    assert printable(text) == text


def test_windows_line_ends_become_plain_ones() -> None:
    assert printable("one\r\ntwo\r\n") == "one\ntwo\n"
