"""The inside of a paragraph: from Markdown's inline tokens to styled pieces.

A link is text with its target written out: nothing in an answer can be clicked, and no
target hides behind a word.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style

from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.rows import Piece
from mux_tui.tui.widgets.answer.visible import visible

if TYPE_CHECKING:
    from markdown_it.token import Token

_MARKS = {
    "strong": Style(bold=True),
    "em": Style(italic=True),
    "s": Style(strike=True),
}


def pieces(tokens: "Sequence[Token]", look: Look, base: Style) -> list[Piece]:
    """What inline tokens say, drawn upon `base`; line ends stay as they are."""
    inline = _Inline(look, base)
    for token in tokens:
        inline.take(token)
    return inline.pieces


class _Inline:
    def __init__(self, look: Look, base: Style) -> None:
        self.pieces: list[Piece] = []
        self._look = look
        self._styles = [base]
        self._links: list[tuple[str, int]] = []
        """Targets, and the piece with which each link's text began."""

    def take(self, token: "Token") -> None:
        match token.type:
            case "text" | "html_inline":
                self._say(token.content)
            case "softbreak" | "hardbreak":
                self.pieces.append(("\n", self._styles[-1]))
            case "code_inline":
                self._say(f"`{token.content}`", self._look.inline_code)
            case "image":
                self._image(token)
            case "link_open":
                self._links.append((str(token.attrs.get("href", "")), len(self.pieces)))
                self._styles.append(self._styles[-1] + self._look.link)
            case "link_close":
                self._styles.pop()
                self._target(*self._links.pop())
            case _:
                self._mark(token)

    def _mark(self, token: "Token") -> None:
        if token.tag == "s":
            # Many terminals cannot strike out.
            self._say("~~")
        if token.nesting == 1:
            self._styles.append(self._styles[-1] + _MARKS.get(token.tag, Style()))
        elif token.nesting == -1:
            self._styles.pop()
        else:
            self._say(token.content)

    def _say(self, text: str, over: Style | None = None) -> None:
        style = self._styles[-1] + over if over else self._styles[-1]
        # A line end here was made by an entity, a tab is one blank wide in a paragraph.
        safe = visible(text).replace("\n", " ").replace("\t", " ")
        self.pieces.append((safe, style))

    def _image(self, token: "Token") -> None:
        self._say(f"[image: {token.content}]")
        self._address(str(token.attrs.get("src", "")))

    def _target(self, href: str, first: int) -> None:
        text = "".join(piece[0] for piece in self.pieces[first:])
        if href not in (text, f"mailto:{text}"):
            self._address(href)

    def _address(self, address: str) -> None:
        if address:
            self._say(f" ({address})", self._look.faint)
