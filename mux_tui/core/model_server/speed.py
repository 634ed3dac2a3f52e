"""How fast a server reads and writes, from one small request."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mux_tui.core.wire.documents import NotJson
from mux_tui.core.wire.openai import (
    DONE,
    Message,
    Piece,
    TokenCounts,
    build_request,
    parse_piece,
)
from mux_tui.core.wire.sse import EventTooLarge, SseDecoder, SseEvent

if TYPE_CHECKING:
    from httpx import AsyncClient

_TOKENS = 24
_TEXT = "Count the words of this list, and then repeat it: " + " ".join(
    ("river", "stone", "cloud", "paper", "light", "house", "green", "seven") * 16
)


@dataclass(frozen=True)
class Speed:
    """Tokens a second; None: the server does not tell enough to know."""

    reading: float | None
    """Of a prompt that the server has not seen before."""

    writing: float | None


async def measure(
    client: "AsyncClient",
    base_url: str,
    model: str,
    timeout: float,
    headers: dict[str, str] | None = None,
) -> Speed | None:
    """Send one prompt of about 150 tokens, and time the answer.

    Returns:
        The speeds, or None when no answer came in time.
    """
    # A new beginning each time: a prompt the server remembers is read in no time.
    text = f"{secrets.token_hex(8)} {_TEXT}"
    body = build_request(
        model, [Message("user", text)], max_tokens=_TOKENS, temperature=0
    )
    begun = time.monotonic()
    times: list[float] = []
    usage: TokenCounts | None = None
    try:
        async with asyncio.timeout(timeout):
            pieces = _pieces(client, f"{base_url}/chat/completions", body, headers)
            async with aclosing(pieces):
                async for piece in pieces:
                    usage = piece.usage or usage
                    if piece.text or piece.reasoning:
                        times.append(time.monotonic())
    except (TimeoutError, NotJson, EventTooLarge):
        return None

    return _speed(begun, times, usage)


async def _pieces(
    client: "AsyncClient", url: str, body: bytes, headers: dict[str, str] | None
) -> AsyncGenerator[Piece, None]:
    import httpx

    decoder = SseDecoder(limit=1024 * 1024)
    sent = {"Content-Type": "application/json"} | (headers or {})
    try:
        async with client.stream("POST", url, content=body, headers=sent) as response:
            async for data in response.aiter_bytes():
                for event in decoder.feed(data):
                    if isinstance(event, SseEvent) and event.data != DONE:
                        piece = parse_piece(event.data)
                        if isinstance(piece, Piece):
                            yield piece
    except httpx.HTTPError:
        return


def _speed(begun: float, times: list[float], usage: TokenCounts | None) -> Speed | None:
    if not times:
        return None

    prompt = usage.prompt if usage else None
    generated = (usage.completion if usage else None) or len(times)
    reading = prompt / (times[0] - begun) if prompt and times[0] > begun else None
    spent = times[-1] - times[0]
    writing = (generated - 1) / spent if generated > 1 and spent > 0 else None
    return Speed(reading, writing)
