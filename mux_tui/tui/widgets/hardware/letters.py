"""Text of ours for terminals without Unicode: each mark becomes one plain letter."""

from textual.content import Content

from mux_tui.tui.glyphs import Glyphs

_PLAIN = str.maketrans({"·": "-", "…": "~", "°": " ", "★": "*", "→": ">", "←": "<"})


def letters(content: Content, glyphs: Glyphs) -> Content:
    """The same text, in plain letters where the terminal knows no others."""
    if not glyphs.ascii:
        return content

    return Content(content.plain.translate(_PLAIN), list(content.spans))
