"""Markdown is drawn so that it can be read, at any width."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from mux_tui.tui.glyphs import ASCII
from mux_tui.tui.widgets.answer.block import LINES
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.render import NARROWEST, render
from tests.tui.answer.documents import DOCUMENTS
from tests.tui.answer.drawings import NAMES, WIDTHS, drawing, expected
from tests.tui.answer.stage import BLUE, drawn, split, styles


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_documents_are_drawn_as_they_were(name: str, width: int) -> None:
    """`python -m tests.tui.answer.drawings` accepts what is drawn now."""
    kept = expected(name, width).read_text(encoding="utf-8")
    assert drawing(name, width) == kept


@given(
    st.lists(st.sampled_from("alpha beta gamma delta 12345".split()), max_size=60),
    st.integers(min_value=1, max_value=90),
)
@settings(max_examples=60, deadline=None)
def test_prose_loses_no_word(words: list[str], width: int) -> None:
    shown = " ".join(drawn(" ".join(words), width)).split()
    assert shown == words


@given(
    st.text(alphabet="`*_[]()<>!#|-~\\\n\t &;ab1.:日\x1b\u202e", max_size=120),
    st.integers(min_value=1, max_value=50),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_is_drawn_in_lines_of_the_width(
    text: str, width: int
) -> None:
    for block in split(text):
        for line in render(block, Look(), width):
            assert line.strip.cell_length == max(width, NARROWEST)
            assert line.strip.text.isprintable()
            assert 0 <= line.start <= line.stop


@given(DOCUMENTS)
@settings(max_examples=150, deadline=None)
def test_documents_lose_no_word(text: str) -> None:
    words = re.findall(r"[a-wyz]{4,}", text)
    shown = " ".join(drawn(text, 76))
    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_what_is_nested_too_deep_is_shown_to_the_letter(mark: str) -> None:
    assert "the end" in " ".join(drawn(mark * 200 + "the end", 76))


def test_a_long_fence_is_drawn_as_one() -> None:
    count = 2 * LINES
    lines = drawn("```\n" + "x\n" * count + "```\n", 40)
    assert lines[0].startswith("┌")
    assert lines[-1].startswith("└")
    assert lines[1:-1] == ["│ x"] * count


def test_a_long_line_of_code_goes_on_under_a_mark() -> None:
    lines = drawn("```\n" + "a" * 25 + "\n```\n", 14)
    assert lines[1:-1] == ["│ " + "a" * 12, "│↳" + "a" * 12, "│↳a"]


def test_code_is_coloured_by_the_style_that_is_handed_in() -> None:
    look = Look(syntax=BLUE)
    pieces = dict(styles("```python\nreturn x\n```\n", 40, look))
    assert pieces["return"].color == Style(color="blue").color
    assert pieces["x"].color is None


def test_a_frame_says_all_that_the_fence_says() -> None:
    top = drawn("```python title=app.py\nreturn\n```\n", 40)[0]
    assert top.startswith("┌ python title=app.py ──")
    assert drawn(f"```{'long ' * 20}\nx\n```\n", 20)[0] == "┌ long long long … ─"


@pytest.mark.parametrize("language", ["", "nonsense", "[red]", "\x1b[31m"])
def test_code_of_an_unknown_language_is_shown_plainly(language: str) -> None:
    look = Look(syntax=BLUE)
    pieces = dict(styles(f"```{language}\nreturn x\n```\n", 40, look))
    assert pieces["return x"] == look.code


def test_a_lexer_that_takes_too_long_costs_the_colours_only() -> None:
    text = "a\n" * 4_000
    blocks = split(f"```c#\n{text}```\n")
    lines = [line for b in blocks for line in render(b, Look(syntax=BLUE), 40)]
    assert [line.text() for line in lines if not line.decoration] == ["a"] * 4_000


def test_a_terminal_without_unicode_gets_ascii() -> None:
    text = "- a\n\n> b\n\n```py\n" + "x" * 30 + "\n```\n\n|a|b|\n|-|-|\n|1|2|\n\n***\n"
    shown = "".join(drawn(text, 20, Look(glyphs=ASCII)))
    assert shown.isascii()


def test_links_show_where_they_lead() -> None:
    assert drawn("[text](http://e.com/x)", 60) == ["text (http://e.com/x)"]
    assert drawn("<http://e.com>", 60) == ["http://e.com"]
    assert drawn("[http://a.com](http://evil.com)", 60) == [
        "http://a.com (http://evil.com)"
    ]
    assert drawn("[x](javascript:alert(1))", 60) == ["[x](javascript:alert(1))"]
    assert drawn("![alt](p.png)", 60) == ["[image: alt] (p.png)"]


def test_a_table_that_does_not_fit_becomes_records() -> None:
    head = "|" + "|".join(f"column {n}" for n in range(6)) + "|\n" + "|-" * 6 + "|\n"
    lines = drawn(head + "|" + "|".join("value" for _ in range(6)) + "|\n", 20)
    assert lines == [f"column {n}: value" for n in range(6)]
