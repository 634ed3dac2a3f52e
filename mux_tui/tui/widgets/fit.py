"""Making a line fit: what is too long is cut, and a mark says so."""

from textual.content import Content

from mux_tui.tui.glyphs import Glyphs


def fit(line: Content, width: int, glyphs: Glyphs) -> Content:
    """The line in at most `width` cells."""
    if line.cell_length <= width:
        return line

    # Not Textual's own mark, which is no ASCII.
    return line.truncate(max(0, width - 1)) + Content(glyphs.cut if width > 0 else "")
