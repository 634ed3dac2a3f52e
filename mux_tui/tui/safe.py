"""Foreign text on the screen: shown to the letter, obeyed by nobody.

Textual parses strings as markup and passes escape sequences through. So what comes from
outside is made `Content` here, which is never parsed; and `Guard` looks at every line
just before it is painted, whichever widget drew it.
"""

from functools import lru_cache
from unicodedata import category

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from mux_tui.core.text import one_line, printable

_OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, invisible formatting, halves of characters, line ends.

What only has no picture in most fonts is not among them.
"""

_UNKNOWN = "\ufffd"


def plain(text: str, limit: int = 300) -> Content:
    """Foreign text on one line, at most `limit` characters long."""
    return Content(one_line(text, limit))


def block(text: str) -> Content:
    """Foreign text with its line ends."""
    return Content(printable(text))


class Guard(LineFilter):
    """Takes what a terminal would obey out of anything that is about to be painted.

    Links go too: a terminal opens one without asking, wherever it leads.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, as wide as they were."""
        for text, style, _ in segments:
            if not text.isprintable() or (style is not None and style.link):
                return [_painted(segment) for segment in segments]

        return segments


def _painted(segment: Segment) -> Segment:
    text, style, control = segment
    if control:
        return segment
    if style is not None and style.link:
        style = style.update_link(None)
    return Segment(text if text.isprintable() else _harmless(text), style)


@lru_cache(4096)
def _harmless(text: str) -> str:
    return "".join(_mark(char) if category(char) in _OBEYED else char for char in text)


def _mark(char: str) -> str:
    """What stands for it in as many cells: for most there is no room at all."""
    return _UNKNOWN if cell_len(char) else ""
