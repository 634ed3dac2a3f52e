"""Thinking that a model writes into its text, told apart from the answer.

Only a `<think>` at the very start opens it: further on, the same word is part of an
answer about it.
"""

from typing import Literal, NamedTuple

_OPEN = "<think>"
_CLOSE = "</think>"
_MOST_LEADING_SPACE = 64


class Split(NamedTuple):
    """What a piece of text has turned out to be."""

    text: str = ""
    reasoning: str = ""


class ThinkingSplitter:
    """Splits one answer; any split of its text gives the same two texts.

    What could still become a mark is held back, so no part of a mark is ever given.
    White space on both sides of the thinking goes; an answer without any stays as it
    is.
    """

    def __init__(self) -> None:
        """Start an answer."""
        self._state: Literal["start", "thinking", "gap", "answer"] = "start"
        self._held = ""

    def feed(self, piece: str) -> Split:
        """Take the next piece of text, and return what it settles."""
        if self._state == "answer":
            return Split(piece)

        self._held += piece
        return self._settle()

    def flush(self) -> Split:
        """Say that the answer has ended, and return what was held back."""
        held, self._held = self._held, ""
        return Split(reasoning=held) if self._state == "thinking" else Split(held)

    def _settle(self) -> Split:
        if self._state == "start":
            self._start()
        reasoning = self._think() if self._state == "thinking" else ""
        if self._state == "gap":
            self._held = self._held.lstrip()
            self._state = "answer" if self._held else "gap"
        if self._state != "answer":
            return Split(reasoning=reasoning)

        text, self._held = self._held, ""
        return Split(text, reasoning)

    def _start(self) -> None:
        begun = self._held.lstrip()
        space = len(self._held) - len(begun)
        if space <= _MOST_LEADING_SPACE and begun.startswith(_OPEN):
            self._state = "thinking"
            self._held = begun.removeprefix(_OPEN)
        elif space > _MOST_LEADING_SPACE or not _OPEN.startswith(begun):
            self._state = "answer"

    def _think(self) -> str:
        thought, mark, rest = self._held.partition(_CLOSE)
        if mark:
            self._state = "gap"
            self._held = rest
            return thought

        kept = _overlap(thought)
        self._held = thought[len(thought) - kept :]
        return thought[: len(thought) - kept]


def _overlap(text: str) -> int:
    """How many characters at the end of `text` could begin the closing mark."""
    for size in range(min(len(text), len(_CLOSE) - 1), 0, -1):
        if _CLOSE.startswith(text[-size:]):
            return size

    return 0
