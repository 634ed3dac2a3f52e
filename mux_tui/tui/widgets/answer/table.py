"""Tables: as columns where they fit, as a list of records where they do not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal

from rich.style import Style

from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.rows import Piece, Row, before, cells, wrap

Align = Literal["left", "center", "right"]
Cell = list[Piece]

_NARROWEST = 6
"""Cells a column must have to be read, unless it needs fewer."""


@dataclass
class Table:
    """A table's cells; every row has as many as the head."""

    head: list[Cell] = field(default_factory=list[Cell])
    aligns: list[Align] = field(default_factory=list[Align])
    body: list[list[Cell]] = field(default_factory=list[list[Cell]])


def table_rows(table: Table, look: Look, width: int) -> list[Row]:
    """The rows of a table, at most `width` cells wide."""
    wanted = [max(map(cells, column)) for column in _columns(table)]
    widths = _shared(wanted, width - 3 * (len(wanted) - 1))
    if widths is None:
        return _records(table, look, width)

    rows = _cells_rows(table.head, table.aligns, widths, look)
    cross = f"{look.glyphs.rule}{look.corners[2]}{look.glyphs.rule}"
    line = cross.join(look.glyphs.rule * each for each in widths)
    rows.append(Row([(line, look.faint)], decoration=True))
    for each in table.body:
        rows += _cells_rows(each, table.aligns, widths, look)
    return rows


def _columns(table: Table) -> list[tuple[Cell, ...]]:
    return list(zip(table.head, *table.body, strict=True))


def _shared(wanted: Sequence[int], room: int) -> list[int] | None:
    """Widths of columns: what they want, the wide ones less; None: no room to read."""
    widths = [max(1, each) for each in wanted]
    if sum(widths) <= room:
        return widths

    narrow = room // max(1, len(widths))
    while any(each > narrow for each in widths):
        wide = [each for each in widths if each > narrow]
        rest = room - sum(each for each in widths if each <= narrow)
        if rest // len(wide) <= narrow:
            break
        narrow = rest // len(wide)
    if narrow < _NARROWEST:
        return None

    return [min(each, narrow) for each in widths]


def _cells_rows(
    row: list[Cell], aligns: list[Align], widths: list[int], look: Look
) -> list[Row]:
    """One row of the table, as many rows high as its highest cell."""
    wrapped = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
    bar = (f" {look.glyphs.upright} ", look.faint)
    rows: list[Row] = []
    for parts in zip_longest(*wrapped):
        pieces: list[Piece] = []
        for index, part in enumerate(parts):
            if index:
                pieces.append(bar)
            content = part.pieces if part else []
            pieces += _aligned(content, aligns[index], widths[index], look.text)
        rows.append(Row(pieces))
    return rows


def _aligned(pieces: Cell, align: Align, width: int, base: Style) -> Cell:
    spare = max(0, width - cells(pieces))
    left = {"left": 0, "center": spare // 2, "right": spare}[align]
    return [(" " * left, base), *pieces, (" " * (spare - left), base)]


def _records(table: Table, look: Look, width: int) -> list[Row]:
    """Each row of the table as `head: cell`, one below the other."""
    rows: list[Row] = []
    for number, row in enumerate(table.body):
        if number:
            rows.append(Row([], decoration=True))
        for head, cell in zip(table.head, row, strict=True):
            pieces = [*head, (": ", look.faint), *cell]
            indent = ("  ", look.text)
            rows += before(wrap(pieces, max(1, width - 2)), ("", look.text), indent)
    return rows
