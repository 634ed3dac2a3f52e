"""The colour of the marks that begin a line: `✓` is green, `✗` red.

Only a mark is coloured, never the words behind it, which say all of it too: some of
them are foreign. The sixteen colours of the terminal are used, as its owner has them.
"""

from collections.abc import Mapping
from typing import TextIO

_GREEN, _YELLOW, _RED, _BLUE, _DIM = 32, 33, 31, 34, 2
_COLOURS = {
    "✓": _GREEN,
    "●": _GREEN,
    "◐": _YELLOW,
    "▲": _YELLOW,
    "↻": _YELLOW,
    "✗": _RED,
    "▸": _BLUE,
    "★": _YELLOW,
    "○": _DIM,
}


def is_coloured(when: str, stream: TextIO, variables: Mapping[str, str]) -> bool:
    """Whether what is written to `stream` is coloured.

    Args:
        when: `auto`, `always` or `never`.
        stream: Where it is written; `auto` colours a terminal only.
        variables: The environment; `NO_COLOR` and a dumb terminal forbid it to `auto`.
    """
    if when != "auto":
        return when == "always"

    forbidden = variables.get("NO_COLOR") or variables.get("TERM") == "dumb"
    return stream.isatty() and not forbidden


def marked(line: str) -> str:
    """The line with its mark coloured, if it begins with one.

    Args:
        line: Safe to show, and not broken any more: the colour has no width.
    """
    begun = line.lstrip(" ")
    colour = _COLOURS.get(begun[:1])
    if colour is None or begun[1:2] not in ("", " "):
        return line

    indent = line[: len(line) - len(begun)]
    return f"{indent}\x1b[{colour}m{begun[0]}\x1b[0m{begun[1:]}"
