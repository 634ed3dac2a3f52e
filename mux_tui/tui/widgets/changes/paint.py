"""One row of a diff as a strip, as wide as it is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from mux_tui.core.text import one_line
from mux_tui.core.workspace.diff import Line, Row
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.story_files import lines_text
from mux_tui.tui.widgets.answer.visible import visible
from mux_tui.tui.widgets.changes.document import Colours, FileDiff

LONGEST = 2_000
"""Characters of a line that are shown."""

_SIGNS = {"context": " ", "added": "+", "removed": "-"}
_TAB = 4
_KINDS = {"add": "A", "modify": "M", "delete": "D"}


@dataclass(frozen=True)
class Pen:
    """What rows are painted with."""

    style: Callable[[str], Style]
    """The style of a part of a row, by name, complete with its ground."""

    glyphs: Glyphs
    width: int
    digits: int
    """Cells of a line number."""

    offset: int = 0
    """Cells that the text is moved to the left."""

    grounds: bool = True
    """Whether changed lines stand on grounds of their own; else they are coloured."""


def file_row(file: FileDiff, pen: Pen) -> Strip:
    """The name of a file, with what happens to it."""
    rule = pen.glyphs.rule
    told = f"{rule}{rule} {_KINDS[file.kind]} {one_line(file.path, 300)} "
    figures = Segment(lines_text(file.added, file.removed), pen.style("gutter"))
    return _filled([Segment(told, pen.style("file")), figures], pen, "context")


def words_row(text: str, pen: Pen) -> Strip:
    """What no line can show."""
    told = f"{pen.glyphs.warn} {one_line(text, LONGEST)}"
    return _filled([Segment(told, pen.style("words"))], pen, "words")


def head_row(text: str, mark: str, style: str, pen: Pen) -> Strip:
    """What stands above a part."""
    return _filled([Segment(f"{mark}{text}", pen.style(style))], pen, style)


def line_row(line: Line, colours: Colours, skipped: bool, pen: Pen) -> Strip:
    """One line, with the number that it has in the file."""
    return _side(line, line.kind == "removed", colours, skipped, pen, pen.width)


def pair_row(pair: Row, colours: Colours, skipped: bool, pen: Pen) -> Strip:
    """Before on the left, after on the right."""
    left = (pen.width - 1) // 2
    upright = Strip([Segment(pen.glyphs.upright, pen.style("edge"))], 1)
    return Strip.join(
        [
            _half(pair.left, True, colours, skipped, pen, left),
            upright,
            _half(pair.right, False, colours, skipped, pen, pen.width - 1 - left),
        ]
    )


def _half(
    line: Line | None,
    before: bool,
    colours: Colours,
    skipped: bool,
    pen: Pen,
    width: int,
) -> Strip:
    if line is None:
        return Strip.blank(width, pen.style("edge"))

    return _side(line, before, colours, skipped, pen, width)


def _side(
    line: Line, before: bool, colours: Colours, skipped: bool, pen: Pen, width: int
) -> Strip:
    number = line.before if before else line.after
    kind = "skipped" if skipped and line.kind != "context" else line.kind
    ground, sign = pen.style(kind), _SIGNS[line.kind]
    gutter = f"{number or '':>{pen.digits}} "
    lead = [
        Segment(gutter, pen.style("gutter" if kind == "context" else f"{kind}-gutter")),
        Segment(f"{sign} ", pen.style(f"{kind}-sign")),
    ]
    room = max(0, width - len(gutter) - 2)
    known = colours.before if before else colours.after
    text = _text(line, known, number, kind, pen)
    return Strip([*lead, *_cropped(text, room, ground, pen)]).adjust_cell_length(
        width, ground
    )


def _text(
    line: Line,
    known: Sequence[Sequence[tuple[str, Style]]],
    number: int | None,
    kind: str,
    pen: Pen,
) -> list[Segment]:
    ground = pen.style(kind)
    coloured = not pen.grounds and kind in ("added", "removed")
    if coloured:
        ground = pen.style(f"{kind}-sign") + Style(bold=False)
    plain = kind == "skipped" or coloured
    if plain or number is None or number > len(known) or "\r" in line.text:
        segments = [Segment(safe(line.text), ground)]
    else:
        behind = Style(bgcolor=ground.bgcolor)
        segments = [Segment(text, style + behind) for text, style in known[number - 1]]
    if len(line.text) > LONGEST:
        left = f"{pen.glyphs.cut} {len(line.text) - LONGEST:,} more characters"
        segments.append(Segment(left, pen.style("gutter")))
    if not line.ended:
        segments.append(Segment("  (no newline at the end)", pen.style("gutter")))
    return segments


def safe(text: str) -> str:
    """A line of a file, as it may be painted; what ends a line elsewhere is seen."""
    return visible(text[:LONGEST].expandtabs(_TAB).replace("\r", "\u240d"))


def _cropped(
    segments: list[Segment], room: int, ground: Style, pen: Pen
) -> list[Segment]:
    strip = Strip(segments)
    seen = strip.crop(pen.offset, pen.offset + room)
    if strip.cell_length <= pen.offset + room or room < 1:
        return list(seen)

    return [*seen.crop(0, room - 1), Segment(pen.glyphs.cut, ground)]


def _filled(segments: list[Segment], pen: Pen, style: str) -> Strip:
    return Strip(segments).adjust_cell_length(pen.width, pen.style(style))
