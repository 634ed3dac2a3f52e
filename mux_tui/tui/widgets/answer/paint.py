"""What is laid over lines: the selection, and the hint of more below."""

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.selection import Selection
from textual.strip import Strip

from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.page import Page
from mux_tui.tui.widgets.answer.rows import Line


def selected(strip: Strip, line: Line, span: tuple[int, int], style: Style) -> Strip:
    """The line with its selected text painted.

    Args:
        strip: The line as wide as the view.
        line: The line.
        span: First character and the one after the last; -1: up to the end.
        style: How selected text is painted.
    """
    start = max(span[0], line.start)
    stop = line.stop if span[1] < 0 else min(span[1], line.stop)
    segments: list[Segment] = []
    passed = 0
    for text, own, _ in strip:
        before, behind = max(0, start - passed), max(0, stop - passed)
        inside = (own or Style()) + style
        segments += [
            Segment(text[:before], own),
            Segment(text[before:behind], inside),
            Segment(text[max(before, behind) :], own),
        ]
        passed += len(text)
    return Strip([each for each in segments if each.text], strip.cell_length)


def selected_text(page: Page, selection: Selection) -> str:
    """The text of the selected part of a page, without frames and wraps."""
    top = selection.start.y - page.gone if selection.start else 0
    bottom = selection.end.y - page.gone if selection.end else page.height - 1
    page.draw(top, bottom + 1)
    parts: list[str] = []
    for y in range(max(0, top), bottom + 1):
        line, span = page.line(y), selection.get_span(y + page.gone)
        if line is None or span is None or line.decoration:
            continue

        if parts:
            parts.append(line.joint)
        parts.append(line.text(span[0], None if span[1] < 0 else span[1]))
    return "".join(parts)


def hinted(strip: Strip, lines: int, look: Look, style: Style) -> Strip:
    """The last visible line with the hint at its right end, if there is room."""
    count = f"{lines:,} new line{'s' * (lines != 1)}"
    hint = f" {look.glyphs.down} {count} {look.glyphs.dot} G follows "
    width = strip.cell_length
    room = width - cell_len(hint)
    if room < 0:
        return strip

    return Strip([*strip.crop(0, room), Segment(hint, style)], width)
