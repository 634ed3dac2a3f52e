"""One answer of the model, sorted as it comes: thinking, words, calls.

Its text goes through the joiner of halved characters, the splitter of thinking, and the
parser of calls; what each of them holds back is let go at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mux_tui.core.proxy.translate.calls import Call, CallParser, Part, Text, ToolNames
from mux_tui.core.proxy.translate.calls.native import NativeCall, NativeCalls
from mux_tui.core.wire.openai import Piece
from mux_tui.core.wire.surrogates import SurrogateJoiner
from mux_tui.core.wire.thinking import ThinkingSplitter


@dataclass(frozen=True, slots=True)
class Thought:
    """Words that the model wrote for itself."""

    text: str


Saying = Thought | Text | Call


class Said:
    """What the model says, in the order in which it says it."""

    def __init__(self, names: ToolNames) -> None:
        """Start an answer.

        Args:
            names: The tools. Without any, no text is a call.
        """
        self.native: list[NativeCall] = []
        self.finish = ""
        """The server's word for why it ended; empty: it has not said."""

        self._joiner = SurrogateJoiner()
        self._thoughts = SurrogateJoiner()
        self._splitter = ThinkingSplitter()
        self._parser = CallParser(names) if names.tools else None
        self._calls = NativeCalls(names)

    @property
    def cut(self) -> bool:
        """Whether the model was stopped by its output limit."""
        return self.finish == "length"

    def take(self, piece: Piece) -> Iterator[Saying]:
        """Sort a piece."""
        if piece.reasoning:
            yield Thought(self._thoughts.feed(piece.reasoning))
        if piece.text:
            text, thought = self._splitter.feed(self._joiner.feed(piece.text))
            if thought:
                yield Thought(thought)
            if text:
                yield from self._parts(text)
        for part in piece.tool_calls:
            if begun := self._calls.take(part):
                self.native.append(begun)
        self.finish = piece.finish or self.finish

    def end(self) -> Iterator[Saying]:
        """Let go of what was held back."""
        if thought := self._thoughts.flush():
            yield Thought(thought)
        ahead = self._splitter.feed(self._joiner.flush())
        held = self._splitter.flush()
        if thought := ahead.reasoning + held.reasoning:
            yield Thought(thought)
        if text := ahead.text + held.text:
            yield from self._parts(text)
        if self._parser:
            yield from self._parser.flush(self.cut)

    def _parts(self, text: str) -> list[Part] | tuple[Part, ...]:
        return self._parser.feed(text) if self._parser else (Text(text),)
