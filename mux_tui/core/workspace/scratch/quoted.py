"""The way in which git writes file names that are not plain: in quotes, as C does.

So every name fits on one line of ASCII, whatever bytes it is made of.
"""

import os
import re

_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')
_LETTERS = {
    b"a": b"\a",
    b"b": b"\b",
    b"t": b"\t",
    b"n": b"\n",
    b"v": b"\v",
    b"f": b"\f",
    b"r": b"\r",
    b'"': b'"',
    b"\\": b"\\",
}
_PLAIN = re.compile(rb"[!#-\[\]-~]+(?: +[!#-\[\]-~]+)*")


def unquoted(line: str) -> str:
    """The file name that a line of git's says, as the system's functions take it."""
    if len(line) < 2 or line[0] != '"' or line[-1] != '"':
        return line

    raw = _ESCAPE.sub(_byte, line[1:-1].encode("ascii", "replace"))
    return os.fsdecode(raw)


def quoted(name: str) -> str:
    """A line that git reads as this file name."""
    raw = os.fsencode(name)
    if _PLAIN.fullmatch(raw):
        return name

    return '"' + "".join(f"\\{byte:03o}" for byte in raw) + '"'


def _byte(match: re.Match[bytes]) -> bytes:
    said = match[1]
    return _LETTERS.get(said) or bytes([int(said, 8) & 0xFF])
