"""What a model thinks before it answers: counted, folded away, never mixed in."""

import re
from dataclasses import dataclass, field

from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.answer.blocks import Splitter
from mux_tui.tui.widgets.answer.entry import Entry

_WORD = re.compile(r"\S+")


@dataclass(eq=False)
class Thinking:
    """The thinking before one answer."""

    fold: Entry = field(default_factory=lambda: Entry("fold"))
    """The line that stands for it."""

    thoughts: list[Entry] = field(default_factory=list[Entry])
    """Its text, below the fold when that is open."""

    live: list[Entry] = field(default_factory=list[Entry])
    """The end of the text, which may still change."""

    splitter: Splitter = field(default_factory=Splitter)
    open: bool = False
    words: int = 0
    began: float | None = None
    lasted: float = 0.0
    _inside: bool = False
    """The text so far ends inside of a word."""

    def count(self, text: str, now: float | None) -> None:
        """Count the words of the next piece.

        Args:
            text: The piece.
            now: Seconds of a clock; None: nobody knows how long the thinking took.
        """
        self.words += sum(1 for _ in _WORD.finditer(text))
        if self._inside and not text[:1].isspace():
            self.words -= 1
        self._inside = not text[-1:].isspace()
        if now is not None:
            self.began = now if self.began is None else self.began
            self.lasted = now - self.began

    def label(self, glyphs: Glyphs) -> str:
        """The fold's line."""
        mark = glyphs.open if self.open else glyphs.more
        facts = [f"{mark} thinking", f"{self.words:,} word{'s' * (self.words != 1)}"]
        if self.began is not None:
            facts.append(f"{self.lasted:.1f} s")
        return f" {glyphs.dot} ".join(facts)
