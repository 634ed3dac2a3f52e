"""How an answer looks: the styles of its parts, handed in by the widget."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style

from mux_tui.tui.glyphs import UNICODE, Glyphs

if TYPE_CHECKING:
    from rich.syntax import SyntaxTheme


@dataclass(frozen=True)
class Look:
    """Styles complete with the background they stand on, and the marks to draw with."""

    text: Style = Style()
    heading: Style = Style(bold=True)
    quote: Style = Style(italic=True)
    faint: Style = Style(dim=True)
    """Frames, targets of links, notes, thinking."""

    code: Style = Style()
    """A line of code, where its syntax has no style of its own."""

    inline_code: Style = Style(bold=True)
    """Laid over the text around it, as is `link`."""

    link: Style = Style(underline=True)
    syntax: "SyntaxTheme | None" = None
    """How code is coloured; None: not at all."""

    glyphs: Glyphs = UNICODE

    @property
    def bullet(self) -> str:
        """Before an item of a list."""
        return "-" if self.glyphs.ascii else "•"

    @property
    def corners(self) -> str:
        """The upper and the lower left corner of a frame, and where lines cross."""
        return "+++" if self.glyphs.ascii else "┌└┼"

    @property
    def goes_on(self) -> str:
        """Before the rest of a line that was too long."""
        return ">" if self.glyphs.ascii else "↳"
