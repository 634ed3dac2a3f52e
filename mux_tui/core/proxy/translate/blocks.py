"""The blocks of an answer: opened when there is something in them, and closed in order.

White space alone opens no block, for an empty one makes the client ask again. It is
kept until words follow, and goes if none do.
"""

from typing import Literal

from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    BlockDelta,
    BlockStart,
    BlockStop,
)

_Worded = Literal["text", "thinking"]


class BlockWriter:
    """Writes blocks as events."""

    def __init__(self) -> None:
        """Start an answer without blocks."""
        self.has_words = False
        """Whether there is a text block."""

        self._events: list[AnswerEvent] = []
        self._index = -1
        self._open: _Worded | None = None
        self._holding = True
        self._blank: str = ""

    def take(self) -> list[AnswerEvent]:
        """The events since the last time."""
        events, self._events = self._events, []
        return events

    def text(self, text: str) -> None:
        """Go on with the text, in a new block if need be."""
        if self._open != "text" or self._holding:
            text = self._begin("text", text)
        if text:
            self._events.append(BlockDelta(self._index, "text", text))

    def thinking(self, text: str) -> None:
        """Go on with the thinking, in a new block if need be."""
        if self._open != "thinking" or self._holding:
            text = self._begin("thinking", text)
        if text:
            self._events.append(BlockDelta(self._index, "thinking", text))

    def hold(self) -> None:
        """Keep the white space that comes next until words follow."""
        self._holding = True

    def tool(self, tool_id: str, name: str, input_json: str) -> None:
        """Write a complete call."""
        self.close()
        self._index += 1
        self._events += (
            BlockStart(self._index, "tool_use", tool_id, name),
            BlockDelta(self._index, "tool_use", input_json),
            BlockStop(self._index),
        )

    def close(self) -> None:
        """Close the open block, if there is one."""
        if self._open:
            self._events.append(BlockStop(self._index))
        self._open = None
        self._holding = True
        self._blank = ""

    def _begin(self, kind: _Worded, text: str) -> str:
        """Open a block when words come. Returns what to write into it."""
        if self._open and self._open != kind:
            if not text or text.isspace():
                return ""
            self.close()
        text = f"{self._blank}{text}"
        if not text or text.isspace():
            self._blank = text
            return ""

        if not self._open:
            self._index += 1
            self._open = kind
            self._events.append(BlockStart(self._index, kind))
        self.has_words |= kind == "text"
        self._holding = False
        self._blank = ""
        return text
