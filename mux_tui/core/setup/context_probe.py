"""Does the server read all that is sent?

Some servers drop what does not fit without a word, and answer as if nothing had been.
What gives them away is their own count: two short prompts tell how many tokens a word
is, and a long one must then be counted accordingly.
"""

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mux_tui.core.errors import ServerError
from mux_tui.core.model_server.probe import ask
from mux_tui.core.setup.facts import ContextProbe
from mux_tui.core.wire.documents import NotJson
from mux_tui.core.wire.openai import Message, Piece, build_request, parse_piece

if TYPE_CHECKING:
    from httpx import AsyncClient

_WORDS = ("river", "stone", "cloud", "paper", "light", "house", "green", "seven")
_SHORT, _LONGER = 64, 512
_TOLERANCE = 0.03
"""Of the tokens: each prompt begins with other letters, so that none is remembered."""

_TOO_MANY = (400, 413, 422)


@dataclass(frozen=True)
class Scale:
    """How the server counts."""

    per_word: float
    """Tokens of one more word."""

    fixed: float
    """Tokens of a prompt without any."""

    def words(self, tokens: int) -> int:
        """How many words make a prompt of so many tokens."""
        return max(round((tokens - self.fixed) / self.per_word), 1)

    def tokens(self, words: int) -> int:
        """How many tokens a prompt of so many words is."""
        return round(self.fixed + self.per_word * words)


class ContextProber:
    """Sends prompts of known length to one model, and reads how they are counted."""

    def __init__(
        self,
        client: "AsyncClient",
        base_url: str,
        model: str,
        timeout: float,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Make one; asks nothing yet.

        Args:
            client: Who asks.
            base_url: Where the server answers, ending in `/v1`.
            model: The model's id there.
            timeout: Seconds for each answer.
            headers: More headers, such as a key.
        """
        self._client = client
        self._url = f"{base_url}/chat/completions"
        self._model = model
        self._timeout = timeout
        self._headers = headers

    async def scale(self) -> Scale | None:
        """How the server counts; None: it does not tell, or not sensibly."""
        low, _, _ = await self._count(_SHORT)
        high, _, _ = await self._count(_LONGER)
        if low is None or high is None or high <= low:
            return None

        per_word = (high - low) / (_LONGER - _SHORT)
        return Scale(per_word, low - per_word * _SHORT)

    async def probe(self, tokens: int, scale: Scale) -> ContextProbe:
        """Send a prompt of about so many tokens.

        Args:
            tokens: How long it is to be.
            scale: What `scale` gave.
        """
        words = scale.words(tokens)
        sent = scale.tokens(words)
        counted, status, seconds = await self._count(words)
        if status in _TOO_MANY:
            return ContextProbe(sent, None, "refused", seconds)
        if status != 200:
            return ContextProbe(sent, None, "unanswered", seconds)
        if counted is None:
            return ContextProbe(sent, None, "untold", seconds)

        whole = counted >= sent * (1 - _TOLERANCE) - len(_WORDS)
        return ContextProbe(sent, counted, "whole" if whole else "cut", seconds)

    async def _count(self, words: int) -> tuple[int | None, int, float]:
        """Tokens as the server counts them, its status (0: no answer), and seconds."""
        body = build_request(
            self._model,
            [Message("user", _text(words))],
            max_tokens=1,
            temperature=0,
            stream=False,
        )
        begun = time.monotonic()
        try:
            answer = await ask(
                self._client, self._url, self._timeout, body=body, headers=self._headers
            )
            piece = parse_piece(answer.body) if answer.status == 200 else None
        except (ServerError, NotJson):
            return None, 0, time.monotonic() - begun

        counts = piece.usage if isinstance(piece, Piece) else None
        seconds = time.monotonic() - begun
        return counts.prompt if counts else None, answer.status, seconds


def _text(words: int) -> str:
    repeated = _WORDS * (words // len(_WORDS) + 1)
    return f"{secrets.token_hex(4)} " + " ".join(repeated[:words])
