"""An answer taken apart, line by line: prose, fenced code, edit blocks and patches.

What stands inside one of them is never looked at as another: a fence in the text that
an edit block replaces belongs to that text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mux_tui.core.workspace.answer.draft import NoDraft
from mux_tui.core.workspace.answer.paths import (
    Knows,
    knows_nothing,
    path_in_info,
    path_on_line,
)

_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_SEARCH = re.compile(r"(?P<mark><{5,9}) ?SEARCH\b(?P<path>.*)")
_REPLACE = re.compile(r">{5,9} ?REPLACE\b")
_PATCH = re.compile(r"diff --git |--- \S")
_OF_PATCH = re.compile(
    r"$|[ +\-\\\r]|@@|diff --git |index |(?:new|deleted|old) (?:file )?mode "
    r"|(?:dis)?similarity index|rename |copy |Binary files|GIT binary"
)

_MOST = 10_000
"""Parts of one answer."""


@dataclass(frozen=True)
class Prose:
    """What is said around the changes."""

    text: str


@dataclass(frozen=True)
class Fence:
    """A fenced block."""

    info: str
    """The words after the opening fence."""

    path: str
    """The file it is said to be; empty: none is named."""

    lines: tuple[str, ...]
    closed: bool
    mark: str
    """What it is fenced with: at least three backticks or tildes."""

    @property
    def text(self) -> str:
        """Its content, each line with its end."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True)
class Block:
    """One SEARCH/REPLACE block."""

    path: str
    """Empty: none is named."""

    search: str
    replace: str


@dataclass(frozen=True)
class Patch:
    """A unified diff outside of any fence."""

    lines: tuple[str, ...]


Segment = Prose | Fence | Block | Patch


def segments(text: str, knows: Knows = knows_nothing) -> tuple[Segment, ...]:
    """Take an answer apart.

    Args:
        text: The answer.
        knows: Which names the project has.

    Raises:
        NoDraft: An edit block does not end or is not clear, or there is too much.
    """
    found: list[Segment] = []
    for segment in _Walk(text.split("\n"), knows).all():
        found.append(segment)
        if len(found) > _MOST:
            raise NoDraft(f"it has more than {_MOST:,} parts")

    return tuple(found)


class _Walk:
    def __init__(self, lines: list[str], knows: Knows) -> None:
        self._lines = lines
        self._knows = knows
        self._at = 0
        self._prose: list[str] = []
        self._last_path = ""
        """Of the edit block that has just ended: the next one may follow on."""

    def all(self) -> Iterator[Segment]:
        while self._at < len(self._lines):
            segment = self._next()
            if segment is None:
                self._prose.append(self._lines[self._at])
                self._at += 1
                continue
            yield from self._said()
            if isinstance(segment, list):
                yield from segment
            else:
                yield segment
        yield from self._said()

    def _said(self) -> Iterator[Prose]:
        if any(line.strip() for line in self._prose):
            yield Prose("\n".join(self._prose))
        self._prose = []

    def _next(self) -> Segment | list[Segment] | None:
        line = self._lines[self._at]
        if _SEARCH.match(line):
            return self._block(self._path_above() or self._last_path)
        if (opening := _FENCE.match(line)) and _opens(opening):
            return self._fence(opening)
        if _PATCH.match(line) and self._is_patch():
            return self._patch()
        if line.strip():
            self._last_path = ""

        return None

    def _path_above(self) -> str:
        """The path on the line before; that line is no prose then."""
        for back in (1, 2):
            line = self._prose[-back] if len(self._prose) >= back else ""
            if line.strip():
                path = path_on_line(line, self._knows)
                if path:
                    del self._prose[-back:]
                return path

        return ""

    def _fence(self, opening: re.Match[str]) -> Segment | list[Segment]:
        path = path_in_info(opening["info"].strip()) or self._path_above()
        begun = self._at
        self._at += 1
        if blocks := self._blocks_within(path, opening):
            return blocks

        self._last_path = ""
        end = self._closing(opening)
        lines = tuple(self._lines[begun + 1 : end])
        self._at = min(end + 1, len(self._lines))
        return Fence(
            opening["info"].strip(),
            path,
            lines,
            closed=end < len(self._lines),
            mark=opening["mark"],
        )

    def _closing(self, opening: re.Match[str]) -> int:
        for at in range(self._at, len(self._lines)):
            if _closes(self._lines[at], opening):
                return at

        return len(self._lines)

    def _blocks_within(self, path: str, opening: re.Match[str]) -> list[Segment]:
        """The edit blocks of a fence that begins with one; else none."""
        begun = self._at
        inner = self._inner_path()
        if not _SEARCH.match(self._line()):
            self._at = begun
            return []

        path = inner or path or self._last_path
        found: list[Segment] = []
        while _SEARCH.match(self._line()):
            block = self._block(path)
            path = block.path
            found.append(block)
            path = self._inner_path() or path
        if self._at < len(self._lines) and not _closes(self._line(), opening):
            raise NoDraft("a fence holds other text after its SEARCH/REPLACE blocks")
        self._at += 1
        return found

    def _inner_path(self) -> str:
        """Go over blank lines and a path; returns the path."""
        self._skip_blank()
        path = path_on_line(self._line(), self._knows)
        if path:
            self._at += 1
            self._skip_blank()

        return path

    def _skip_blank(self) -> None:
        while self._at < len(self._lines) and not self._lines[self._at].strip():
            self._at += 1

    def _line(self) -> str:
        return self._lines[self._at] if self._at < len(self._lines) else ""

    def _block(self, path: str) -> Block:
        opening = _SEARCH.match(self._line())
        behind = opening["path"].strip(": >\t\r") if opening else ""
        path = path_on_line(behind, self._knows) or path
        size = len(opening["mark"]) if opening else 0
        search = self._until("=======", size)
        replace = self._until("REPLACE", size)
        self._last_path = path
        return Block(path, search, replace)

    def _until(self, word: str, size: int) -> str:
        """The lines up to a block's next mark, which is gone over."""
        begun = self._at = self._at + 1
        while self._at < len(self._lines):
            line = self._lines[self._at]
            mark = _mark(line, size)
            if mark == word:
                break
            if mark:
                raise NoDraft(_unclear(mark, word))
            self._at += 1
        else:
            raise NoDraft(f"a SEARCH/REPLACE block ends before its {word} line")

        lines = self._lines[begun : self._at]
        if word == "REPLACE":
            self._at += 1
        return "".join(f"{line}\n" for line in lines)

    def _is_patch(self) -> bool:
        if self._line().startswith("diff --git "):
            return True

        below = self._lines[self._at + 1 : self._at + 2]
        return any(line.startswith("+++ ") for line in below)

    def _patch(self) -> Patch:
        begun = self._at
        while self._at < len(self._lines) and _OF_PATCH.match(self._lines[self._at]):
            self._at += 1
        self._last_path = ""
        return Patch(tuple(self._lines[begun : self._at]))


def _opens(opening: re.Match[str]) -> bool:
    """Backticks in the words behind backticks are code within a line."""
    return not (opening["mark"][0] == "`" and "`" in opening["info"])


def _closes(line: str, opening: re.Match[str]) -> bool:
    """Not by a fence that is further in: it is part of what is fenced."""
    found = _FENCE.match(line)
    return (
        found is not None
        and not found["info"].strip()
        and found["mark"][0] == opening["mark"][0]
        and len(found["mark"]) >= len(opening["mark"])
        and len(found["indent"]) <= len(opening["indent"])
    )


def _mark(line: str, size: int) -> str:
    if line.startswith("=") and line.rstrip() in ("=" * size, "======="):
        return "======="
    if _REPLACE.match(line):
        return "REPLACE"

    return "SEARCH" if _SEARCH.match(line) else ""


def _unclear(found: str, wanted: str) -> str:
    if found == wanted or (found, wanted) == ("=======", "REPLACE"):
        return (
            "a SEARCH/REPLACE block holds more than one ======= line: give the change "
            "as JSON"
        )

    return f"a SEARCH/REPLACE block holds a {found} line before its {wanted} line"
