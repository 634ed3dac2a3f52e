"""A text is cut into blocks which are finished, whatever way it came."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.tui.widgets.answer.block import CHARACTERS, LINES, PART, Block
from mux_tui.tui.widgets.answer.blocks import Splitter
from tests.tui.answer.documents import DOCUMENTS
from tests.tui.answer.stage import split


def fed(text: str, cuts: Sequence[int]) -> list[Block]:
    splitter = Splitter()
    blocks: list[Block] = []
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    for start, end in zip(places, places[1:], strict=False):
        blocks += splitter.feed(text[start:end])
        splitter.peek()
    return blocks + splitter.flush()


@given(DOCUMENTS, st.lists(st.integers(min_value=0), max_size=12))
@settings(max_examples=250, deadline=None)
def test_any_split_of_the_text_gives_the_same_blocks(
    text: str, cuts: list[int]
) -> None:
    assert fed(text, cuts) == split(text)


@given(st.text(alphabet="`~-*#>|=1. \t\r\nab", max_size=80))
@settings(max_examples=250, deadline=None)
def test_one_character_at_a_time_gives_the_same_blocks(text: str) -> None:
    assert fed(text, range(len(text))) == split(text)


@given(DOCUMENTS)
@settings(max_examples=250, deadline=None)
def test_no_character_is_lost(text: str) -> None:
    assert "".join(block.source for block in split(text)) == text


@given(DOCUMENTS)
@settings(max_examples=100, deadline=None)
def test_what_is_open_reads_as_if_it_were_the_end(text: str) -> None:
    """Apart from a last line which may still become a mark."""
    splitter = Splitter()
    done = splitter.feed(text + "!")
    assert done + splitter.peek() == split(text + "!")


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("a\nb\n\nc\n", ["a\nb", "c"]),
        ("\n\n  \na\n", ["a"]),
        ("# H\ntext\n", ["# H", "text"]),
        ("text\n# H\n", ["text", "# H"]),
        ("Head\n---\ntext\n", ["Head\n---", "text"]),
        ("Head\n===\n\ntext\n", ["Head\n===", "text"]),
        ("a\n\n---\nb\n", ["a", "---", "b"]),
        ("- a\n- b\n\n- c\n", ["- a\n- b", "- c"]),
        ("1. a\n\n   more\n\n2. b\n", ["1. a", "more", "2. b"]),
        ("- a\n  - b\n\n    more\n", ["- a\n  - b", "more"]),
        ("> a\n> b\n\nc\n", ["> a\n> b", "c"]),
        ("| a |\n|---|\n| 1 |\n\nc\n", ["| a |\n|---|\n| 1 |", "c"]),
        ("[x]: http://y\n\nz\n", ["[x]: http://y", "z"]),
        ("    a\n\n    b\n\nc\n", ["a\n\nb", "c"]),
        ("\ta\n", ["a"]),
        ("<!-- a\n\nb -->\nc\n", ["<!-- a\n\nb -->", "c"]),
        ("<div>\n\nb\n", ["<div>", "b"]),
        ("a\r\nb\r\n\r\nc\r\n", ["a\nb", "c"]),
    ],
)
def test_blank_lines_and_marks_end_a_block(text: str, texts: list[str]) -> None:
    assert [block.text for block in split(text)] == texts


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("```py\na\n\nb\n```\nafter\n", [("py", "a\n\nb")]),
        ("~~~\n```\n~~~\n", [("", "```")]),
        ("````md\n```py\nx\n```\n````\n", [("md", "```py\nx\n```")]),
        ("```\n``\n```` \nafter\n", [("", "``")]),
        ("```a`b\n\nno fence\n", []),
        ("text\n```js\nx\n```\ntext\n", [("js", "x")]),
        ("- a\n\n  ```py\n  x = 1\n    y\n  ```\n- b\n", [("py", "x = 1\n  y")]),
        ("1. a:\n```\nx\n```\n2. b\n", [("", "x")]),
        ("```py\nnever closed\n\nx", [("py", "never closed\n\nx")]),
        ("```\n    ```\n", [("", "    ```")]),
        ("``` py title=x\na\n```\n", [("py title=x", "a")]),
        ("```py\r\na\r\n```\r\n", [("py", "a")]),
    ],
)
def test_fences_hold_together(text: str, codes: list[tuple[str, str]]) -> None:
    found = [(b.language, b.text) for b in split(text) if b.kind == "code"]
    assert found == codes


def test_code_in_a_list_knows_its_depth() -> None:
    text = "1. a\n   - b\n\n     ```py\n     x\n     ```\n\n     more\n"
    assert [(b.kind, b.indent, b.text) for b in split(text)] == [
        ("text", 0, "1. a\n   - b"),
        ("code", 5, "x"),
        ("text", 5, "more"),
    ]


@pytest.mark.parametrize("rest", ["-", "``", "=", "#", "1", "12.", "| ", "~~~"])
def test_a_line_that_may_become_a_mark_is_not_shown_yet(rest: str) -> None:
    splitter = Splitter()
    splitter.feed("Text\n" + rest)
    assert [block.text for block in splitter.peek()] == ["Text"]


def test_looking_at_what_is_open_changes_nothing() -> None:
    splitter = Splitter()
    splitter.feed("- a\n\n    code\n\n")
    before = splitter.peek()
    assert splitter.peek() == before
    assert splitter.flush() == before


def test_a_long_fence_goes_on_as_a_fence_of_the_same_language() -> None:
    code = "".join(f"line {number}\n" for number in range(3 * LINES))
    blocks = split(f"```py\n{code}```\n")
    assert len(blocks) > 2
    assert {(block.kind, block.language) for block in blocks} == {("code", "py")}
    assert [block.head for block in blocks] == [True] + [False] * (len(blocks) - 1)
    assert [block.tail for block in blocks] == [False] * (len(blocks) - 1) + [True]
    assert "\n".join(block.text for block in blocks).rstrip() == code.rstrip()


def test_long_code_is_cut_where_something_new_begins() -> None:
    function = "def f():\n    a\n\n    b\n\n"
    blocks = split("```py\n" + function * LINES)
    assert all(block.text.startswith("def f()") for block in blocks)


def test_a_long_table_repeats_its_head() -> None:
    rows = "".join(f"| {number} | x |\n" for number in range(2 * LINES))
    first, *others = split(f"| n | v |\n|---|---|\n{rows}")
    assert first.text.startswith("| n | v |\n|---|---|\n| 0 |")
    assert others
    assert all(b.text.startswith("| n | v |\n|---|---|\n| ") for b in others)


@pytest.mark.parametrize("begin", ["", "text\n", "    code\n", "- a\n"])
def test_blank_lines_without_end_are_not_kept(begin: str) -> None:
    text = begin + "\n" * 5 * LINES
    splitter = Splitter()
    done = splitter.feed(text)
    assert sum(len(block.source) for block in splitter.peek()) <= LINES
    assert "".join(b.source for b in done + splitter.flush()) == text


def test_a_long_list_is_cut_between_its_items() -> None:
    items = "- item\n  goes on\n" * LINES
    blocks = split(items)
    assert len(blocks) > 1
    assert all(block.text.startswith("- item") for block in blocks)
    assert not any(block.head for block in blocks[1:])


@pytest.mark.parametrize("mark", ["", "```py\n", "- ", "# ", "> ", "    ", "<!-- "])
def test_a_long_line_is_taken_in_parts(mark: str) -> None:
    text = mark + "word " * 20_000 + "\nafter\n"
    blocks = split(text)
    assert "".join(block.source for block in blocks) == text
    assert max(len(block.text) for block in blocks) <= CHARACTERS + PART
    shown = "".join(block.text for block in blocks)
    assert shown.count("word") == 20_000
    assert "after" in blocks[-1].text


def test_time_grows_with_the_length_of_the_text_only() -> None:
    """Counted in lines that are held, and not in seconds: nothing is kept for long."""
    splitter = Splitter()
    for piece in ("x" * 64 for _ in range(4_000)):
        splitter.feed(piece)
        held = sum(len(block.source) for block in splitter.peek()[:3])
        assert held <= CHARACTERS + 2 * PART
