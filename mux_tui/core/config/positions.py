"""On which line of a TOML text each key stands.

`tomllib` gives values without places. This reads a text that it has accepted once more,
only as far as needed to tell keys from values, and only when a problem is to be told.
"""

import re
from collections.abc import Mapping

Path = tuple[str, ...]

_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]*+ )
    | (?P<block> "{3} (?: \\. | (?!"{3}). )*+ "{3,5} )
    | (?P<plain> '{3} (?: (?!'{3}). )*+ '{3,5} )
    | (?P<quoted> " (?: \\. | [^"\\\n] )*+ " | ' [^'\n]*+ ' )
    | (?P<end> \n )
    | (?P<mark> [\[\]{}=.,] )
    | (?P<blank> [ \t\r]++ )
    | (?P<word> [^\s\#"'\[\]{}=.,]++ )
    """,
    re.VERBOSE | re.DOTALL,
)
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\bfnrte/]))')
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "e": "\x1b"}


def line_of(positions: Mapping[Path, int], path: Path) -> int | None:
    """The line of a key, or of the nearest table around it; None: not known."""
    for length in range(len(path), 0, -1):
        if line := positions.get(path[:length]):
            return line

    return None


def positions_in(text: str) -> dict[Path, int]:
    """The line, from 1, of each key and table of a valid TOML text.

    Keys inside an inline table are not looked for; the table's own line stands for
    them. Of arrays of tables the first place counts.
    """
    scan = _Scan()
    for token in _TOKEN.finditer(text):
        scan.take(token.lastgroup or "", token[0])

    return scan.found


class _Scan:
    """Where the reading is: in a key, in a table's header, or in a value."""

    def __init__(self) -> None:
        self.found: dict[Path, int] = {}
        self._line = 1
        self._table: Path = ()
        self._key: list[str] = []
        self._depth = 0
        self._state = "key"

    def take(self, kind: str, token: str) -> None:
        if kind == "end":
            self._end_of_line()
        elif self._state == "value":
            self._depth = max(0, self._depth + _DEEPER.get(token, 0))
        elif kind in ("word", "quoted"):
            self._key.append(_unquoted(token))
        elif token == "[":
            self._state = "header"
        elif token == "]" and self._state == "header":
            self._header()
        elif token == "=":
            self._note((*self._table, *self._key))
            self._state = "value"
        self._line += token.count("\n")

    def _end_of_line(self) -> None:
        if self._depth == 0:
            self._key = []
            self._state = "key"

    def _header(self) -> None:
        self._table = tuple(self._key)
        self._note(self._table)
        # What follows the header, a second bracket or a comment, says nothing.
        self._state = "value"
        self._depth = 0

    def _note(self, path: Path) -> None:
        self.found.setdefault(path, self._line)


def _unquoted(token: str) -> str:
    if token[0] == "'":
        return token[1:-1]

    return _ESCAPE.sub(_character, token[1:-1]) if token[0] == '"' else token


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _LETTERS.get(found[3], found[3])
