"""What happens in the proxy, as Server-Sent Events for who watches it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from mux_tui.core.events import ProxyEvent, as_json, name_of
from mux_tui.core.proxy.http import Reply

_BEAT_SECONDS = 15.0
_BEAT = b": still here\n\n"
_HEADERS = {"content-type": "text/event-stream", "cache-control": "no-store"}


def event_stream(
    events: AsyncGenerator[ProxyEvent, None], beat: float = _BEAT_SECONDS
) -> Reply:
    """A reply that tells every event, and in between that the proxy lives.

    Args:
        events: What happens; closed with the reply.
        beat: Seconds of silence after which a comment is sent.
    """
    return Reply(200, _HEADERS, _stream(events, beat))


async def _stream(
    events: AsyncGenerator[ProxyEvent, None], beat: float
) -> AsyncGenerator[bytes, None]:
    async with aclosing(events):
        yield _BEAT
        coming = asyncio.ensure_future(anext(events, None))
        try:
            while True:
                done, _ = await asyncio.wait({coming}, timeout=beat)
                if not done:
                    yield _BEAT
                    continue
                event = coming.result()
                if event is None:
                    return
                yield _frame(event)
                coming = asyncio.ensure_future(anext(events, None))
        finally:
            coming.cancel()
            await asyncio.wait({coming})


def _frame(event: ProxyEvent) -> bytes:
    data = json.dumps(as_json(event))
    return f"event: {name_of(event)}\ndata: {data}\n\n".encode()
