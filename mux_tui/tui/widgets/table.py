"""Columns of a drawn list: texts that are each as wide as their column.

One of the columns may have the width 0: it gets what is left over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.cells import cell_len, set_cell_size

from mux_tui.tui.glyphs import Glyphs

_GAP = 2

Row = TypeVar("Row")


@dataclass(frozen=True)
class Cell:
    """A text, safe to show, and the kind of its colour."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Pen:
    """What cells are drawn with."""

    glyphs: Glyphs
    now: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a list of `Row`."""

    title: str
    width: int
    """In cells; 0: what is left over."""

    draw: Callable[[Row, Pen], Cell]
    right: bool = False


def header_of(columns: Sequence[Column[Row]], width: int) -> str:
    """The columns' names."""
    cells = [Cell(column.title) for column in columns]
    return "".join(text for text, _ in laid_out(columns, cells, width))


def cells_of(
    row: Row, columns: Sequence[Column[Row]], width: int, pen: Pen
) -> list[tuple[str, str]]:
    """A row's texts, each as wide as its column, and the kinds of their colours."""
    return laid_out(columns, [column.draw(row, pen) for column in columns], width)


def laid_out(
    columns: Sequence[Column[Row]], cells: Sequence[Cell], width: int
) -> list[tuple[str, str]]:
    """Cells at their places, with a gap after each that has a width of its own."""
    fixed = sum(column.width + _GAP for column in columns if column.width)
    left = max(width - fixed, 0)
    placed: list[tuple[str, str]] = []
    for column, cell in zip(columns, cells, strict=True):
        text = sized(cell.text, column.width or left, column.right)
        placed.append((text + " " * _GAP if column.width else text, cell.kind))
    return placed


def sized(text: str, width: int, right: bool = False) -> str:
    """The text as wide as that: cut, or filled up on the left or the right."""
    if right and cell_len(text) < width:
        return " " * (width - cell_len(text)) + text
    return set_cell_size(text, width)
