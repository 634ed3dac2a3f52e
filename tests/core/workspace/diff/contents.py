"""Contents of files for property tests: few words, so that lines are often equal."""

from hypothesis import strategies as st

_LINE = st.sampled_from(
    [
        b"a",
        b"b",
        b"c",
        b"",
        b"  a",
        b"a\r",
        b"\xc3\xa9",
        b"-- x",
        b"++ y",
        b"@@ -1 +1 @@",
    ]
)


def _joined(parts: tuple[list[bytes], bool]) -> bytes:
    lines, ended = parts
    text = b"\n".join(lines)
    return text + b"\n" if ended and lines else text


contents = st.tuples(st.lists(_LINE, max_size=25), st.booleans()).map(_joined)
"""Texts with and without a newline at their end."""

anything = st.one_of(st.none(), contents, st.binary(max_size=30))
"""No file, a text, or any bytes."""
