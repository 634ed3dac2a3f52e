"""Token counts of an answer: the server's, or ours where it tells none."""

from mux_tui.core.wire.anthropic_events import Counts
from mux_tui.core.wire.openai import Piece, TokenCounts

_CHARS_PER_TOKEN = 4


class Usage:
    """Counts the tokens of one answer."""

    def __init__(self) -> None:
        """Start without knowing anything."""
        self.estimate = Counts()
        """What was thought before the answer; used where the server is silent."""

        self._prompt = 0
        self._cached = 0
        self._output = 0
        self._before = 0
        self._chars = 0

    def take(self, piece: Piece) -> None:
        """Count a piece."""
        self._chars += len(piece.text) + len(piece.reasoning)
        for part in piece.tool_calls:
            self._chars += len(part.name) + len(part.arguments)
        if piece.usage:
            self._told(piece.usage)

    def again(self) -> None:
        """The model is asked once more for the same answer."""
        self._before += self._spoken()
        self._output = self._chars = 0

    def counts(self) -> Counts:
        """The counts so far; never all zero."""
        output = self._before + self._spoken()
        if not self._prompt:
            known = self.estimate
            return Counts(known.input or 1, known.cache_read, output)

        cached = min(self._cached, self._prompt)
        return Counts(self._prompt - cached, cached, output)

    def _told(self, usage: TokenCounts) -> None:
        self._prompt = usage.prompt or self._prompt
        self._cached = usage.cached or self._cached
        self._output = usage.completion or self._output

    def _spoken(self) -> int:
        return self._output or -(-self._chars // _CHARS_PER_TOKEN)
