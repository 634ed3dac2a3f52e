"""Lines made to fit a terminal, which would break them anywhere."""

import shutil
import textwrap
from typing import TextIO

_NARROWEST = 20


def room(stream: TextIO) -> int | None:
    """Columns of the terminal that `stream` is; None: it is none, and has no end."""
    if not stream.isatty():
        return None

    return max(shutil.get_terminal_size().columns, _NARROWEST)


def wrapped(line: str, stream: TextIO, indent: str = "  ") -> str:
    """Return `line`, broken to the width of the terminal that `stream` is.

    Args:
        line: One line, safe to show.
        stream: Where it will be written; in a pipe nothing is broken.
        indent: What the further lines begin with.
    """
    width = room(stream)
    if width is None:
        return line

    return textwrap.fill(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )


def shortened(line: str, stream: TextIO) -> str:
    """Return `line`, cut to the width of the terminal that `stream` is."""
    width = room(stream)
    if width is None or len(line) <= width:
        return line

    return f"{line[: width - 1]}…"
