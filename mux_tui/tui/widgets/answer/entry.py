"""One thing in an answer that is drawn by itself: a block, a note, or thinking."""

from dataclasses import dataclass, field
from typing import Literal

from mux_tui.core.text import one_line
from mux_tui.tui.widgets.answer.block import Block
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.render import empty, prose, render
from mux_tui.tui.widgets.answer.rows import Line

Kind = Literal["block", "thought", "fold", "note", "cut"]


@dataclass(eq=False, slots=True)
class Entry:
    """A thing, its lines once it is drawn, and until then a guess of their number."""

    kind: Kind
    block: Block | None = None
    """What a block or a thought is made of."""

    text: str = ""
    """What the others say, on one line."""

    hidden: bool = False
    """It takes no room."""

    caret: bool = False
    """It is being written: a mark stands at its end."""

    drawn: bool = False
    """Its lines are those of its text, for the page's width and look."""

    lines: list[Line] = field(default_factory=list[Line])
    guess: int = 1

    @property
    def height(self) -> int:
        """Lines it takes, as far as that is known."""
        if self.hidden:
            return 0
        return len(self.lines) if self.drawn else self.guess

    def estimate(self, width: int) -> None:
        """Guess its height: as it was, or else from the length of its text."""
        text = self.block.text if self.block else self.text
        by_length = len(text) // max(1, width)
        self.guess = len(self.lines) or 2 + max(text.count("\n"), by_length)
        self.drawn = False

    def draw(self, look: Look, width: int, *, first: bool) -> None:
        """Make its lines; the first thing in an answer has no empty line above it."""
        lines = self._block(look, width) if self.block else self._said(look, width)
        if self.caret:
            _mark_end(lines, look, width)
        apart = self.block.head if self.block else self.kind != "cut"
        if lines and apart and not first and self.kind != "thought":
            lines.insert(0, empty(look, width))
        self.lines = lines
        self.drawn = True

    def _block(self, look: Look, width: int) -> list[Line]:
        assert self.block
        if self.kind == "block":
            return render(self.block, look, width)

        bar = f"{look.glyphs.upright} "
        return prose(self.block.source.removesuffix("\n"), look, width, bar)

    def _said(self, look: Look, width: int) -> list[Line]:
        return prose(one_line(self.text, 1_000), look, width)


def _mark_end(lines: list[Line], look: Look, width: int) -> None:
    """Put the mark of being written behind the last text of the lines."""
    if not lines:
        lines.append(empty(look, width))
    last = len(lines) - 1
    while last and lines[last].decoration:
        last -= 1
    lines[last] = lines[last].marked(look.glyphs.caret, look.text)
