"""Bytes into lines, whatever pieces they come in."""

from hypothesis import example, given
from hypothesis import strategies as st

from mux_tui.mcp.lines import LineCutter, Overlong


def cut(pieces: list[bytes], longest: int) -> list[bytes | Overlong]:
    cutter = LineCutter(longest)
    lines = [line for piece in pieces for line in cutter.feed(piece)]
    return [*lines, *cutter.finish()]


def in_pieces(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces: list[bytes] = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


@given(
    st.lists(st.binary(max_size=3000).filter(lambda line: b"\n" not in line)),
    st.lists(st.integers(0, 700)),
    st.integers(0, 1500),
)
@example([b"\0\0"], [1], 0)
def test_any_split_of_the_bytes_gives_the_same_lines(
    lines: list[bytes], sizes: list[int], longest: int
) -> None:
    data = b"".join(line + b"\n" for line in lines)
    expected = [
        line if len(line) <= longest else Overlong(line[:512], line[-512:], len(line))
        for line in lines
    ]
    assert cut(in_pieces(data, sizes), longest) == expected


def test_a_last_line_without_an_end_counts() -> None:
    assert cut([b"a\nb"], 10) == [b"a", b"b"]


def test_a_line_that_is_too_long_takes_no_memory() -> None:
    cutter = LineCutter(10)
    for _ in range(1000):
        assert cutter.feed(b"x" * 1000) == []
    (line,) = cutter.feed(b"end\n")
    assert isinstance(line, Overlong)
    assert (len(line.head), line.tail[-3:], line.size) == (512, b"end", 1_000_003)
