"""A unified diff as the ledger keeps it, back into what can be shown.

It may have been written by anybody: what is no diff is skipped, and nothing fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mux_tui.core.change import ChangeKind
from mux_tui.core.workspace.diff import Hunk, Line
from mux_tui.tui.widgets.changes.document import FileDiff

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
_LETTERS = {"t": "\t", "n": "\n", "r": "\r"}
_KINDS = {"+": "added", "-": "removed", " ": "context"}


def read_patch(text: str) -> tuple[FileDiff, ...]:
    """The files of a patch, in its order; blocks for as long as it takes to read."""
    return tuple(_Reader(text.split("\n")).files())


@dataclass
class _File:
    path: str
    kind: ChangeKind = "modify"
    hunks: list[Hunk] = field(default_factory=list[Hunk])
    said: list[str] = field(default_factory=list[str])

    def done(self) -> FileDiff:
        return FileDiff(self.path, self.kind, tuple(self.hunks), tuple(self.said))


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    def files(self) -> Iterator[FileDiff]:
        file: _File | None = None
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.startswith("diff --git "):
                if file:
                    yield file.done()
                file = _File(_named(line.removeprefix("diff --git ")))
            elif file is not None and (match := _HUNK.match(line)):
                self._at += 1
                file.hunks.append(self._hunk(len(file.hunks), match))
                continue
            elif file is not None:
                _note(file, line)
            self._at += 1
        if file:
            yield file.done()

    def _hunk(self, number: int, match: re.Match[str]) -> Hunk:
        before, after = int(match[1]), int(match[3])
        counts = [int(match[2] or 1), int(match[4] or 1)]
        lines = list(self._body(before, after, *counts))
        return Hunk(number, before, counts[0], after, counts[1], tuple(lines))

    def _body(
        self, before: int, after: int, before_left: int, after_left: int
    ) -> Iterator[Line]:
        while (before_left > 0 or after_left > 0) and self._at < len(self._lines):
            line = self._lines[self._at]
            kind = _KINDS.get(line[:1])
            if kind is None:
                return
            self._at += 1
            ended = not self._unended()
            old, new = kind != "added", kind != "removed"
            yield Line(
                kind,  # pyright: ignore[reportArgumentType]
                line[1:],
                before if old else None,
                after if new else None,
                ended,
            )
            before, before_left = before + old, before_left - old
            after, after_left = after + new, after_left - new

    def _unended(self) -> bool:
        """Whether it is told that the line just read ends without a newline."""
        told = self._at < len(self._lines) and self._lines[self._at].startswith("\\")
        self._at += told
        return told


def _note(file: _File, line: str) -> None:
    """What stands between a file's name and its hunks."""
    if line.startswith("new file mode "):
        file.kind = "add"
        if line.endswith("755"):
            file.said.append("a new file that may be executed")
    elif line.startswith("deleted file mode "):
        file.kind = "delete"
    elif line.startswith("new mode "):
        may = "may" if line.endswith("755") else "may not"
        file.said.append(f"it {may} be executed afterwards")
    elif line.startswith("Binary files "):
        file.said.append("binary content, which is not shown")


def _named(names: str) -> str:
    """The path of `a/PATH b/PATH`, quoted or not."""
    if names.startswith('"'):
        quoted = re.match(r'"((?:[^"\\]|\\.)*)"', names)
        return _unquoted(quoted[1])[2:] if quoted else names

    # Both are the same name, so each is half of it: names may have blanks.
    return names[2 : 2 + max(0, (len(names) - 5) // 2)]


def _unquoted(name: str) -> str:
    def plain(match: re.Match[str]) -> str:
        sign = match[1]
        return chr(int(sign, 8)) if len(sign) == 3 else _LETTERS.get(sign, sign)

    return _ESCAPE.sub(plain, name)
