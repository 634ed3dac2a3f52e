"""Rows of styled text: wrapping them, putting something before them, finishing them.

A row knows which of its characters are decoration (margins, bullets, frames) and how it
follows the row above, so that what is selected on the screen can be copied as it was
written.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Piece = tuple[str, Style]

_WORD = re.compile(r"\s*\S+|\s+$")


@dataclass(slots=True)
class Row:
    """A row that is being made."""

    pieces: list[Piece]
    lead: int = 0
    """Characters of decoration it begins with."""

    joint: str = "\n"
    """What stands between it and the row above in the text it shows."""

    decoration: bool = False
    """All of it is decoration."""


class Line(NamedTuple):
    """A finished row, as wide as it was asked for."""

    strip: Strip
    start: int
    """The first character that is text."""

    stop: int
    """The character after the last one that is text."""

    joint: str
    """As in `Row`; empty for decoration."""

    @property
    def decoration(self) -> bool:
        """All of it is decoration."""
        return self.start == self.stop and not self.joint

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """The text among its characters from `start` to `stop`."""
        stop = self.stop if stop is None else min(stop, self.stop)
        return self.strip.text[max(start, self.start) : stop]

    def marked(self, mark: str, style: Style) -> "Line":
        """The same with a mark, one cell wide, behind its text, if there is room."""
        used = cell_len(self.strip.text[: self.stop])
        width = self.strip.cell_length
        if used >= width:
            return self

        parts = self.strip.crop(0, used), self.strip.crop(used + 1, width)
        strip = Strip([*parts[0], Segment(mark, style), *parts[1]], width)
        return self._replace(strip=strip)


class _Span(NamedTuple):
    start: int
    end: int
    joint: str


_Breaker = Callable[[str, int, int], Iterator[_Span]]
"""Breaks one line, which stands at an offset, for a width."""


def cells(pieces: Iterable[Piece]) -> int:
    """How wide the pieces are, side by side."""
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in pieces)


def wrap(pieces: list[Piece], width: int) -> list[Row]:
    """Rows at most `width` cells wide, broken between words where that is possible."""
    text = "".join(piece[0] for piece in pieces)
    if len(text) <= width and text.isascii() and "\n" not in text:
        return [Row(pieces)]

    return list(_rows(pieces, _spans(text, width, _filled)))


def chop(pieces: list[Piece], width: int) -> list[Row]:
    """Rows `width` cells wide, broken anywhere: for text whose blanks count."""
    text = "".join(piece[0] for piece in pieces)
    if len(text) <= width and text.isascii() and "\n" not in text:
        return [Row(pieces)]

    return list(_rows(pieces, _spans(text, width, _chopped)))


def before(
    rows: list[Row], first: Piece, rest: Piece, *, decoration: bool = True
) -> list[Row]:
    """Put `first` before the first row and `rest` before the others.

    What is no decoration belongs to the text, as a bullet does.
    """
    for index, row in enumerate(rows):
        piece = rest if index else first
        row.pieces.insert(0, piece)
        if decoration or row.lead or row.joint != "\n":
            row.lead += len(piece[0])
    return rows


def finish(row: Row, width: int, base: Style) -> Line:
    """The row as a line of exactly `width` cells."""
    segments = [Segment(text, style) for text, style in row.pieces if text]
    characters = sum(len(segment.text) for segment in segments)
    used = cells(row.pieces)
    if used < width:
        segments.append(Segment(" " * (width - used), base))
    strip = Strip(segments, max(used, width))
    if used > width:
        strip = strip.crop(0, width)
    if row.decoration:
        return Line(strip, characters, characters, "")

    return Line(strip, row.lead, characters, row.joint)


def keep_equal(before: list[Line], after: list[Line]) -> int:
    """How many lines the two begin with in common; `after` keeps those of `before`.

    A line that was painted knows how: the same line is painted again for nothing.
    """
    for index, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return index

        after[index] = old
    return min(len(before), len(after))


def _spans(text: str, width: int, broken: _Breaker) -> Iterator[_Span]:
    start = 0
    for line in text.split("\n"):
        yield from broken(line, start, max(1, width))
        start += len(line) + 1


def _filled(line: str, offset: int, width: int) -> Iterator[_Span]:
    """A line filled up with words, and with parts of those that are too long."""
    start = end = used = 0
    joint = "\n"
    for match in _WORD.finditer(line):
        word = match.group()
        size = len(word) if word.isascii() else cell_len(word)
        if used + size <= width:
            end, used = match.end(), used + size
            continue

        if used:
            yield _Span(offset + start, offset + end, joint)
            word = word.lstrip()
            start, joint = match.end() - len(word), " "
        parts = _parts(word, width)
        for part in parts[:-1]:
            yield _Span(offset + start, offset + start + len(part), joint)
            start, joint = start + len(part), ""
        end = match.end()
        used = cell_len(parts[-1])
    if end > start or not line:
        yield _Span(offset + start, offset + end, joint)


def _chopped(line: str, offset: int, width: int) -> Iterator[_Span]:
    joint = "\n"
    for part in _parts(line, width):
        yield _Span(offset, offset + len(part), joint)
        offset, joint = offset + len(part), ""


def _parts(text: str, width: int) -> list[str]:
    """The text in parts of `width` cells; at least one, perhaps empty."""
    if text.isascii():
        return [text[i : i + width] for i in range(0, len(text), width)] or [""]

    if width == 1:
        return list(text)

    return chop_cells(text, width) or [""]


def _rows(pieces: list[Piece], spans: Iterable[_Span]) -> Iterator[Row]:
    """The pieces cut along spans that are in order."""
    index = passed = 0
    for start, end, joint in spans:
        cut: list[Piece] = []
        while index < len(pieces):
            text, style = pieces[index]
            after = passed + len(text)
            if after > start and (part := text[max(0, start - passed) : end - passed]):
                cut.append((part, style))
            if after > end:
                break
            index, passed = index + 1, after
        yield Row(cut, joint=joint)
