"""Where everything of some diffs stands, row by row; no row is made before it is seen.

Files come one after the other: a row with the name (where there are several), what is
said in words, and for each part a row that heads it and its lines.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from mux_tui.core.workspace.diff import Hunk, Line, Row, rows
from mux_tui.tui.widgets.changes.document import FileDiff

BlockKind = Literal["blank", "file", "words", "head", "lines", "pairs"]


@dataclass(frozen=True)
class Block:
    """Rows of one kind."""

    kind: BlockKind
    file: int
    part: int = -1
    """Which part of the file; -1: none."""

    text: str = ""
    lines: tuple[Line, ...] = ()
    pairs: tuple[Row, ...] = ()

    @property
    def height(self) -> int:
        """Rows it takes."""
        return len(self.lines) or len(self.pairs) or 1


class Layout:
    """The blocks of some files, and what stands in a row."""

    def __init__(
        self, files: Sequence[FileDiff], *, split: bool, names: bool, heads: bool
    ) -> None:
        """Lay out files; blocks for as long as it takes to pair their lines.

        Args:
            files: In their order.
            split: Side by side, and not one below the other.
            names: Whether each file is headed by its name.
            heads: Whether what has no hunks is headed too, to carry a mark.
        """
        self.blocks = [
            block
            for number, file in enumerate(files)
            for block in _blocks(number, file, split=split, names=names, heads=heads)
        ]
        self.split = split
        self.hunks = any(file.hunks for file in files)
        """Whether it would be laid out otherwise the other way."""

        self._ends = list(accumulate(block.height for block in self.blocks))
        self.height = self._ends[-1] if self._ends else 0
        self._heads = [
            (self._start(index), block.file, block.part)
            for index, block in enumerate(self.blocks)
            if block.kind == "head"
        ]
        numbers = [_highest(file) for file in files]
        self.digits = max(3, len(str(max(numbers, default=0))))
        """Cells of a line number."""

    def at(self, row: int) -> tuple[Block, int]:
        """What stands in a row: a block, and which of its rows."""
        index = bisect_right(self._ends, row)
        return self.blocks[index], row - self._start(index)

    def row_of(self, file: int, part: int) -> int:
        """Where the head of a part stands; 0: it has none."""
        wanted = (file, part)
        return next((row for row, *which in self._heads if tuple(which) == wanted), 0)

    def rows_of(self, file: int, part: int) -> range:
        """The rows of a part, its head among them."""
        start = self.row_of(file, part)
        index = bisect_right(self._ends, start) + 1
        has_body = index < len(self.blocks) and self.blocks[index].part == part
        return range(start, self._ends[index] if has_body else start + 1)

    def part_at(self, row: int) -> tuple[int, int] | None:
        """The part that a row belongs to, or the first one below; None: there is no
        part."""
        found: tuple[int, int] | None = None
        for start, file, part in self._heads:
            if start > row and found is not None:
                break
            found = file, part
        return found

    @property
    def parts(self) -> list[tuple[int, int]]:
        """All that have a head, in their order."""
        return [(file, part) for _, file, part in self._heads]

    def _start(self, index: int) -> int:
        return self._ends[index - 1] if index else 0


def _blocks(
    number: int, file: FileDiff, *, split: bool, names: bool, heads: bool
) -> Iterator[Block]:
    if names:
        if number:
            yield Block("blank", number)
        yield Block("file", number, text=file.path)
    for told in file.said:
        yield Block("words", number, text=told)
    if not file.hunks and heads:
        yield Block("head", number, 0, "the whole file")
    end = 0
    for hunk in file.hunks:
        yield Block("head", number, hunk.number, _head(hunk, file, end))
        if split:
            yield Block("pairs", number, hunk.number, pairs=rows(hunk))
        else:
            yield Block("lines", number, hunk.number, lines=hunk.lines)
        end = hunk.before_start + hunk.before_count


def _head(hunk: Hunk, file: FileDiff, end: int) -> str:
    """Which hunk, where, and how much was left out above it."""
    place = f"{hunk.number + 1}/{len(file.hunks)}  {hunk.header}"
    left_out = hunk.before_start - max(end, 1) if hunk.before_count else 0
    if left_out <= 0:
        return place

    return f"{place}  {left_out:,} unchanged line{'' if left_out == 1 else 's'} above"


def _highest(file: FileDiff) -> int:
    """The highest line number, for all of them take as many cells."""
    if not file.hunks:
        return 0

    last = file.hunks[-1]
    return max(
        last.before_start + last.before_count, last.after_start + last.after_count
    )
