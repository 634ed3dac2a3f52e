"""Cutting a child's output into lines."""

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.process.lines import TAIL_BYTES, Line, LineSplitter, Output

pieces = st.lists(
    st.sampled_from(
        [b"a", b"bc", b"\n", b"\r", b"\r\n", b"\xc3", b"\xa4", b"\xff", b""]
    ),
    max_size=30,
)


def split(parts: list[bytes], line_cap: int = 1000) -> list[tuple[str, bool]]:
    splitter = LineSplitter(line_cap)
    found = [line for part in parts for line in splitter.feed(part)]
    return found + splitter.flush()


@given(pieces)
def test_any_split_of_the_bytes_gives_the_same_lines(parts: list[bytes]):
    whole = b"".join(parts)
    assert split(parts) == split([whole])
    assert split([bytes([byte]) for byte in whole]) == split([whole])


@given(pieces)
def test_lines_are_those_of_universal_newlines(parts: list[bytes]):
    whole = b"".join(parts)
    expected = [line.decode("utf-8", "replace") for line in whole.splitlines()]
    assert [text for text, _ in split([whole])] == expected


def test_progress_that_is_painted_over_becomes_lines():
    lines = [text for text, _ in split([b"10%\r20%\r100%\r\ndone\r\n"])]
    assert lines == ["10%", "20%", "100%", "done"]


def test_empty_lines_are_lines():
    assert split([b"\n\na\n"]) == [("", False), ("", False), ("a", False)]


def test_a_line_longer_than_the_cap_loses_its_end_and_says_so():
    assert split([b"abc", b"def\nx\n"], line_cap=4) == [("abcd", True), ("x", False)]


@given(pieces, st.integers(0, 40))
def test_output_within_the_cap_and_the_tail_is_whole(parts: list[bytes], cap: int):
    output = Output("out", cap)
    lines = [line for part in parts for line in output.feed(part)] + output.finish()
    assert [(line.text, line.cut) for line in lines] == split([b"".join(parts)])


def test_output_beyond_the_cap_keeps_head_and_tail_and_marks_the_gap():
    output = Output("err", cap=10)
    lines = output.feed(b"first\nseco")
    for _ in range(100):
        lines += output.feed(b"x" * 10_000 + b"\n")
    lines += output.feed(b"last\n")
    lines += output.finish()

    assert lines[0] == Line("err", "first")
    assert lines[1] == Line("err", "seco", cut=True)
    assert lines[2].cut
    assert lines[-1] == Line("err", "last")
    assert sum(len(line.text) for line in lines) <= TAIL_BYTES + 10


def test_a_tail_without_a_line_end_is_kept_as_one_cut_line():
    output = Output("out", cap=0)
    output.feed(b"y" * (TAIL_BYTES + 5))
    assert output.finish() == [Line("out", "y" * TAIL_BYTES, cut=True)]
