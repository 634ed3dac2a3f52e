"""A proxy's events as they come over HTTP, until its stream ends, however it ends."""

from collections.abc import AsyncGenerator

from mux_tui.core.events import ProxyEvent
from mux_tui.core.model_server.probe import loopback_client
from mux_tui.core.proxy.client_environment import TOKEN_HEADER
from mux_tui.core.proxy.process.lifecycle import RunningProxy
from mux_tui.core.proxy.watch.decode import event_in
from mux_tui.core.wire.sse import EventTooLarge, SseDecoder, SseEvent

_PATH = "/v1/mux/events"
_EVENT_BYTES = 4 * 1024 * 1024


async def events_of(
    running: RunningProxy, answer_seconds: float, silence_seconds: float
) -> AsyncGenerator[ProxyEvent, None]:
    """Everything that happens in this proxy; what is no event of it is left out.

    Args:
        running: Whom to ask.
        answer_seconds: How long it may take to begin.
        silence_seconds: Without a byte for so long, it has gone.
    """
    import httpx

    headers = {TOKEN_HEADER: running.token, "Accept-Encoding": "identity"}
    patience = httpx.Timeout(answer_seconds, read=silence_seconds)
    decoder = SseDecoder(_EVENT_BYTES)
    try:
        async with (
            loopback_client() as client,
            client.stream(
                "GET", running.url + _PATH, headers=headers, timeout=patience
            ) as response,
        ):
            if response.status_code != 200:
                return
            async for data in response.aiter_raw():
                for item in decoder.feed(data):
                    if isinstance(item, SseEvent) and (event := event_in(item.data)):
                        yield event
    except (httpx.HTTPError, EventTooLarge):
        return
