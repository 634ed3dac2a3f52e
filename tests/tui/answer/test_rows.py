"""Wrapping loses nothing, and knows what it did."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from mux_tui.tui.widgets.answer.rows import Row, before, chop, finish, wrap

PLAIN = Style()
words = st.text(alphabet=st.sampled_from("ab c日本é\U0001f600"), max_size=60)


def text_of(rows: list[Row]) -> str:
    parts: list[str] = []
    for number, row in enumerate(rows):
        parts += [row.joint if number else "", *(text for text, _ in row.pieces)]
    return "".join(parts)


@given(words, st.integers(min_value=2, max_value=20))
@settings(deadline=None)
def test_wrapped_rows_fit_and_join_to_what_was_written(text: str, width: int) -> None:
    rows = wrap([(text, PLAIN)], width)
    assert all(sum(cell_len(t) for t, _ in row.pieces) <= width for row in rows)
    assert text_of(rows).split() == text.split()


@given(words, st.integers(min_value=2, max_value=20))
@settings(deadline=None)
def test_chopped_rows_keep_every_blank(text: str, width: int) -> None:
    rows = chop([(text, PLAIN)], width)
    assert all(sum(cell_len(t) for t, _ in row.pieces) <= width for row in rows)
    assert text_of(rows) == text


@given(st.lists(words, min_size=1, max_size=5), st.integers(2, 20))
@settings(deadline=None)
def test_pieces_are_cut_where_rows_end(texts: list[str], width: int) -> None:
    pieces = [(text, Style(bold=bool(n % 2))) for n, text in enumerate(texts)]
    rows = chop(pieces, width)
    bold = "".join(t for row in rows for t, style in row.pieces if style.bold)
    assert bold == "".join(texts[1::2])


def test_a_word_that_is_too_long_is_broken() -> None:
    rows = wrap([("ab abcdefgh", PLAIN)], 4)
    assert [row.pieces[0][0] for row in rows] == ["ab", "abcd", "efgh"]
    assert [row.joint for row in rows] == ["\n", " ", ""]


def test_a_line_is_as_wide_as_it_was_asked_for() -> None:
    for text in ("", "ab", "日本日本日本"):
        assert finish(Row([(text, PLAIN)]), 5, PLAIN).strip.cell_length == 5


def test_decoration_is_no_text() -> None:
    rows = before(wrap([("one two", PLAIN)], 4), ("> ", PLAIN), ("> ", PLAIN))
    lines = [finish(row, 10, PLAIN) for row in rows]
    assert [line.text() for line in lines] == ["one", "two"]
    assert finish(Row([("---", PLAIN)], decoration=True), 10, PLAIN).decoration


def test_a_mark_stands_behind_the_text() -> None:
    line = finish(Row([("ab", PLAIN)]), 5, PLAIN)
    assert line.marked("_", PLAIN).strip.text == "ab_  "
    full = finish(Row([("abcde", PLAIN)]), 5, PLAIN)
    assert full.marked("_", PLAIN) is full
