"""The names in a unified diff's headers: quoted, prefixed, or neither."""

import re

from mux_tui.core.text import one_line
from mux_tui.core.workspace.answer.draft import NoDraft

_DEVNULL = "/dev/null"
_PAIRS = (("a/", "b/"), ("i/", "w/"), ("c/", "w/"), ("c/", "i/"), ("o/", "w/"))
_ESCAPE = re.compile(r'\\([abtnvfr"\\]|[0-7]{3})')
_SIGNS = dict(zip('abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def header_name(line: str) -> str:
    """The name in a line that begins with `--- ` or `+++ `."""
    text = line[4:].rstrip("\r")
    if quoted := _QUOTED.match(text):
        return _unquoted(quoted[1])

    return text.partition("\t")[0].rstrip()


def git_names(line: str) -> tuple[str, str]:
    """The two names in a `diff --git` line; empty where they cannot be told."""
    text = line.removeprefix("diff --git ").rstrip()
    if text.startswith('"'):
        found = _QUOTED.findall(text)
        return (
            (_unquoted(found[0]), _unquoted(found[1])) if len(found) == 2 else ("", "")
        )

    # Names may hold spaces, and the two differ only in their prefixes.
    half = len(text) // 2
    old, new = text[:half], text[half + 1 :]
    return (
        (old, new) if old[1:] == new[1:] and text[half : half + 1] == " " else ("", "")
    )


def one_path(old: str, new: str) -> str:
    """The path that a diff's two names mean, without prefixes.

    Raises:
        NoDraft: They mean none, or two.
    """
    if old == _DEVNULL or new == _DEVNULL:
        prefix = "b/" if old == _DEVNULL else "a/"
        path = (new if old == _DEVNULL else old).removeprefix(prefix)
        if path and path != _DEVNULL:
            return path
        raise NoDraft("the diff names no file")

    for first, second in _PAIRS:
        if old.startswith(first) and new.startswith(second):
            old, new = old.removeprefix(first), new.removeprefix(second)
            break
    if not old or not new:
        raise NoDraft("the diff names no file: begin each with --- and +++")
    if old != new:
        raise NoDraft(
            f"the diff renames {one_line(old, 100)}: delete the one file and give the "
            "other as a new file"
        )

    return new


def _unquoted(text: str) -> str:
    def byte(found: re.Match[str]) -> bytes:
        sign = found[1]
        return bytes([_SIGNS[sign] if sign in _SIGNS else int(sign, 8) & 0xFF])

    pieces: list[bytes] = []
    end = 0
    for found in _ESCAPE.finditer(text):
        pieces += [text[end : found.start()].encode("utf-8", "surrogatepass")]
        pieces += [byte(found)]
        end = found.end()
    pieces.append(text[end:].encode("utf-8", "surrogatepass"))
    return b"".join(pieces).decode("utf-8", "surrogateescape")
