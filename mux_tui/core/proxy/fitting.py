"""Whether a prompt fits the model, found out before the model is asked.

Estimated at once; counted only where the estimate is near the limit, since counting
takes time and only then changes what happens.
"""

from dataclasses import dataclass
from typing import Any

from mux_tui.core.proxy.count import Counted, TokenCounter, prompt_pieces
from mux_tui.core.proxy.translate.facts import ChatRequest, ModelTraits

_NEAR = 0.8
_SURELY = 1.15
"""An estimate this far beyond the limit needs no counting to be believed."""

_LEAST_ANSWER = 64


@dataclass(frozen=True)
class Fitted:
    """A prompt, measured."""

    body: dict[str, Any]
    """What to send; the answer shortened to what is left of the window."""

    pieces: list[str]
    counted: Counted
    too_long: bool = False
    """Sending it would be pointless."""


async def fitted(
    chat: ChatRequest, traits: ModelTraits, counter: TokenCounter
) -> Fitted:
    """Measure a prompt against the model's window."""
    pieces = prompt_pieces(chat.body)
    counted = Counted(counter.estimate(pieces), exact=False)
    window = traits.context_window
    if window is None or counted.tokens < _NEAR * window:
        return Fitted(_shortened(chat.body, counted, window), pieces, counted)

    counted = await counter.count(pieces)
    most = window - min(_LEAST_ANSWER, window // 8)
    limit = most if counted.exact else _SURELY * most
    body = _shortened(chat.body, counted, window)
    return Fitted(body, pieces, counted, counted.tokens > limit)


def _shortened(
    body: dict[str, Any], counted: Counted, window: int | None
) -> dict[str, Any]:
    wanted: int = body.get("max_tokens", 0)
    if window is None or counted.tokens + wanted <= window:
        return body

    return body | {"max_tokens": max(window - counted.tokens, _LEAST_ANSWER)}
