"""How many tokens a prompt is: estimated at once, or counted and remembered.

A request is never held up by counting. What was counted is remembered piece by piece,
so that the next turn of a conversation only counts what is new.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mux_tui.core.weights.tokenizer import count_tokens

_CHARACTERS_PER_TOKEN = 3.4
"""Of code and English with most tokenizers; on the safe side."""

_PER_MESSAGE = 4
"""What a chat template writes around each message."""

_MOST_PIECES = 20_000
_SMALLEST_SAMPLE = 500
_PLAUSIBLE = (1.5, 7.0)
"""Characters a token; what is beyond comes from a server that cut the prompt, or that
does not count."""


@dataclass(frozen=True)
class Counted:
    """The length of a prompt."""

    tokens: int
    exact: bool
    """Counted with the model's own tokenizer, its chat template estimated."""


def prompt_pieces(body: dict[str, Any]) -> list[str]:
    """The texts of a Chat Completions request that the model reads, in order."""
    tools = [_as_text(tool) for tool in body.get("tools") or ()]
    return tools + ["\n".join(_texts(m)) for m in body.get("messages") or ()]


def _texts(message: dict[str, Any]) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(part, dict) and isinstance(part.get("text"), str):  # pyright: ignore[reportUnknownMemberType]
                yield part["text"]
    for call in message.get("tool_calls") or ():
        yield _as_text(call.get("function"))
    if isinstance(thought := message.get("reasoning_content"), str):
        yield thought


def _as_text(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # Lone surrogates, and integers of more than 64 bits.
        return str(value)


class TokenCounter:
    """Counts for one model."""

    def __init__(self, directory: Path | None) -> None:
        """Make one.

        Args:
            directory: The model's files; None: there are none here, and lengths are
                estimated.
        """
        self._directory = directory
        self._known: OrderedDict[int, int] = OrderedDict()
        self._ratio = _CHARACTERS_PER_TOKEN
        self._lock = asyncio.Lock()

    @property
    def can_count(self) -> bool:
        """Whether there are files to count with."""
        return self._directory is not None

    def estimate(self, pieces: Sequence[str]) -> int:
        """Tokens, within some ten percent; takes microseconds."""
        characters = sum(map(len, pieces))
        return int(characters / self._ratio) + _PER_MESSAGE * len(pieces) + 1

    def learn(self, pieces: Sequence[str], tokens: int) -> None:
        """Take what a server counted for a prompt, to estimate better."""
        characters = sum(map(len, pieces))
        own = tokens - _PER_MESSAGE * len(pieces)
        if characters < _SMALLEST_SAMPLE or own <= 0:
            return

        seen, (low, high) = characters / own, _PLAUSIBLE
        if low <= seen <= high:
            self._ratio = 0.7 * self._ratio + 0.3 * seen

    async def count(self, pieces: Sequence[str]) -> Counted:
        """Tokens by the model's tokenizer, in a thread; without one, estimated."""
        if self._directory is None:
            return Counted(self.estimate(pieces), exact=False)

        # One after the other: the second of two turns knows what the first counted.
        async with self._lock:
            new = [piece for piece in pieces if hash(piece) not in self._known]
            if not await asyncio.to_thread(self._count_all, new, self._directory):
                return Counted(self.estimate(pieces), exact=False)

            total = sum(self._tokens_of(piece) for piece in pieces)
            while len(self._known) > _MOST_PIECES:
                self._known.popitem(last=False)
        return Counted(total + _PER_MESSAGE * len(pieces) + 1, exact=True)

    def _count_all(self, pieces: Sequence[str], directory: Path) -> bool:
        for piece in pieces:
            tokens = count_tokens(piece, directory)
            if tokens is None:
                return False
            self._known[hash(piece)] = tokens

        return True

    def _tokens_of(self, piece: str) -> int:
        self._known.move_to_end(hash(piece))
        return self._known[hash(piece)]
