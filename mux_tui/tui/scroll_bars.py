"""Scroll bars for terminals that have only plain characters."""

from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender


class WholeCells(ScrollBarRender):
    """Without eighths of cells at the ends, for which there are no characters."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "]


def draw_scroll_bars(ascii_only: bool) -> None:
    """Choose how all scroll bars are drawn; Textual has no place for it in an app."""
    ScrollBar.renderer = WholeCells if ascii_only else ScrollBarRender
