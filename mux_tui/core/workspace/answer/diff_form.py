"""The form of unified diffs, as git writes them and as models do.

A hunk's lines count, its numbers are only a hint: models write wrong ones. Each hunk
becomes the replacement of the lines that it shows before by those it shows after.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mux_tui.core.text import one_line
from mux_tui.core.workspace.answer.diff_names import git_names, header_name, one_path
from mux_tui.core.workspace.answer.draft import (
    DeletedFile,
    EditedFile,
    FileEdit,
    FinalNewline,
    NoDraft,
    Replacement,
    WholeFile,
)

_HUNK = re.compile(
    r"@@+[ \t]*(?:-(\d{1,9})(?:,(\d{1,9}))?[ \t]+\+(\d{1,9})(?:,(\d{1,9}))?)?"
)
_MODE = re.compile(r"(new file|deleted file|old|new) mode (\d{6})")
_UNKNOWN = ("rename from ", "rename to ", "copy from ", "copy to ")
_BINARY = ("GIT binary patch", "Binary files ")
_DEVNULL = "/dev/null"
_MOST = 10_000

_LineKind = Literal[" ", "+", "-"]


@dataclass
class _Hunk:
    line: int | None
    left: list[int] | None
    """How many lines before and after are still to come by its numbers."""

    lines: list[tuple[_LineKind, str]] = field(default_factory=lambda: [])
    blanks: int = 0
    """Blank lines at its end that may be none of it."""

    cut_before: bool = False
    """The file before ends with it, without a newline."""

    cut_after: bool = False

    @property
    def full(self) -> bool:
        return self.left is not None and self.left[0] <= 0 and self.left[1] <= 0

    def add(self, kind: _LineKind, text: str) -> None:
        self.lines.append((kind, text))
        if self.left is not None:
            self.left[0] -= kind != "+"
            self.left[1] -= kind != "-"

    def side(self, without: _LineKind) -> list[str]:
        return [text for kind, text in self.lines if kind != without]


@dataclass
class _Section:
    old: str = ""
    new: str = ""
    named: bool = False
    """Its names come from `---` and `+++`."""

    created: bool = False
    deleted: bool = False
    mode: str = ""
    hunks: list[_Hunk] = field(default_factory=lambda: [])


def edits_of_diff(
    lines: Sequence[str], path: str = "", fenced: bool = True
) -> tuple[tuple[FileEdit, ...], tuple[str, ...]]:
    """Read a diff.

    Args:
        lines: Its lines without their `\\n`.
        path: The file it is for where it does not say so itself.
        fenced: All of the lines are the diff; else prose may follow it.

    Returns:
        What it asks for, and what is to be known of the reading.

    Raises:
        NoDraft: It asks for what is no edit of text, or names no file.
    """
    reader = _Reader(lines, path, fenced)
    reader.read()
    edits = [edit for part in reader.sections if (edit := _edit(part)) is not None]
    return tuple(edits), tuple(reader.notes)


class _Reader:
    def __init__(self, lines: Sequence[str], path: str, fenced: bool) -> None:
        self.sections: list[_Section] = []
        self.notes: dict[str, None] = {}
        self._lines = lines
        self._path = path
        self._fenced = fenced
        self._hunk: _Hunk | None = None

    def read(self) -> None:
        skip = False
        for at, line in enumerate(self._lines):
            if skip:
                skip = False
            elif self._is_pair(at):
                self._names(line, self._lines[at + 1])
                skip = True
            elif line.startswith("diff --git "):
                self._begin(*git_names(line))
            elif line.startswith("@@"):
                self._begin_hunk(line)
            elif self._hunk is not None:
                self._body(self._hunk, line)
            elif self.sections:
                self._header(self.sections[-1], line.rstrip("\r"))
        self._end_hunk()

    def _is_pair(self, at: int) -> bool:
        """The two lines that name a file; a removed `-- x` can look like the first."""
        if not self._lines[at].startswith("--- ") or at + 1 >= len(self._lines):
            return False
        if not self._lines[at + 1].startswith("+++ "):
            return False
        if self._hunk is None or self._hunk.full:
            return True

        below = self._lines[at + 2 : at + 3]
        return any(line.startswith("@@") for line in below)

    def _begin(self, old: str, new: str) -> _Section:
        self._end_hunk()
        if len(self.sections) >= _MOST:
            raise NoDraft(f"the diff has more than {_MOST:,} parts")
        section = _Section(old, new)
        self.sections.append(section)
        return section

    def _names(self, old: str, new: str) -> None:
        self._end_hunk()
        section = self.sections[-1] if self.sections else None
        if section is None or section.named or section.hunks:
            section = self._begin("", "")
        section.old, section.new = header_name(old), header_name(new)
        section.named = True
        section.created |= section.old == _DEVNULL
        section.deleted |= section.new == _DEVNULL

    def _begin_hunk(self, line: str) -> None:
        self._end_hunk()
        if not self.sections:
            if not self._path:
                raise NoDraft(
                    "a hunk of the diff names no file: begin with --- and +++"
                )
            self._begin(self._path, self._path).named = True
        found = _HUNK.match(line)
        numbers = found.groups() if found else ()
        if not numbers or numbers[0] is None:
            self._hunk = _Hunk(None, None)
        else:
            left = [int(numbers[1] or 1), int(numbers[3] or 1)]
            self._hunk = _Hunk(int(numbers[0]) or None, left)
        self.sections[-1].hunks.append(self._hunk)

    def _body(self, hunk: _Hunk, line: str) -> None:
        first = line[:1]
        if hunk.full and line.rstrip() in ("--", "-- "):
            # A mail's signature.
            self._end_hunk()
        elif hunk.full and not self._fenced and not line.strip():
            self._end_hunk()
        elif first == "\\":
            _fill(hunk)
            _no_newline(hunk)
        elif first in ("", "\r"):
            hunk.blanks += 1
        elif first in " +-":
            _fill(hunk)
            kind: _LineKind = "+" if first == "+" else "-" if first == "-" else " "
            hunk.add(kind, line[1:])
        else:
            self._loose(hunk, line)

    def _loose(self, hunk: _Hunk, line: str) -> None:
        if hunk.full or not self._fenced:
            self._end_hunk()
            return

        _fill(hunk)
        hunk.add(" ", line)
        self.notes["a line of the diff without its sign was taken for context"] = None

    def _end_hunk(self) -> None:
        hunk, self._hunk = self._hunk, None
        if hunk is not None and hunk.left is not None:
            # Blank lines at the end are its own only if its numbers ask for them.
            hunk.blanks = min(hunk.blanks, max(0, min(hunk.left)))
            _fill(hunk)

    def _header(self, section: _Section, line: str) -> None:
        if line.startswith(_UNKNOWN):
            raise NoDraft(
                "the diff renames or copies a file: delete the one and give the other "
                "as a new file"
            )
        if line.startswith(_BINARY):
            raise NoDraft("the diff changes a binary file")
        mode = _MODE.match(line)
        if mode is None:
            return
        if not mode[2].startswith("100"):
            raise NoDraft("the diff makes or changes what is no regular file")
        section.created |= mode[1] == "new file"
        section.deleted |= mode[1] == "deleted file"
        section.mode = mode[2] if mode[1].startswith("new") else section.mode


def _no_newline(hunk: _Hunk) -> None:
    kind = hunk.lines[-1][0] if hunk.lines else " "
    hunk.cut_before |= kind != "+"
    hunk.cut_after |= kind != "-"


def _fill(hunk: _Hunk) -> None:
    """Take the blank lines met so far for context whose space was lost."""
    for _ in range(hunk.blanks):
        hunk.add(" ", "")
    hunk.blanks = 0


def _edit(section: _Section) -> FileEdit | None:
    path = one_path(section.old, section.new)
    executable = section.mode.endswith("755") if section.mode else None
    if section.deleted:
        return DeletedFile(path)
    if section.created:
        return WholeFile(path, _content(section, path), new=True, executable=executable)

    hunks = [hunk for hunk in section.hunks if any(k != " " for k, _ in hunk.lines)]
    if not hunks and executable is None:
        return None

    return EditedFile(path, tuple(_replacement(hunk) for hunk in hunks), executable)


def _content(section: _Section, path: str) -> str:
    lines: list[str] = []
    for hunk in section.hunks:
        if hunk.side("+"):
            raise NoDraft(
                f"the diff makes {one_line(path, 100)} and shows lines that were there "
                "before"
            )
        lines += hunk.side("-")
    content = "".join(f"{line}\n" for line in lines)
    cut = bool(section.hunks) and section.hunks[-1].cut_after
    return content.removesuffix("\n") if cut else content


def _replacement(hunk: _Hunk) -> Replacement:
    newline: FinalNewline = "keep"
    if hunk.cut_before != hunk.cut_after:
        newline = "drop" if hunk.cut_after else "add"
    search = "".join(f"{line}\n" for line in hunk.side("+"))
    replace = "".join(f"{line}\n" for line in hunk.side("-"))
    return Replacement(search, replace, line=hunk.line, final_newline=newline)
