"""Too much, and bytes that are not what the headers say."""

import gzip
import json

from tests.upstream.exchange import Cut, Exchange
from tests.upstream.registry import mode

_GZIP = {"Content-Encoding": "gzip"}


def _document(exchange: Exchange) -> bytes:
    return json.dumps(exchange.full()).encode()


@mode("big-event", "size", "one very large event")
async def big_event(exchange: Exchange) -> None:
    text = "x" * exchange.options.size
    if not exchange.stream:
        await exchange.reply(text)
        return

    await exchange.head()
    await exchange.sse(exchange.chunk({"content": text}))
    await exchange.good_end()


@mode("many-events", "size", "many events, as fast as the reader takes them")
async def many_events(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply("y" * exchange.options.events)
        return

    await exchange.head()
    event = f"data: {json.dumps(exchange.chunk({'content': 'y'}))}\n\n".encode()
    for _ in range(exchange.options.events):
        await exchange.data(event)
    await exchange.good_end()


@mode("big-header", "size", "a header of 256 KiB")
async def big_header(exchange: Exchange) -> None:
    await exchange.whole(_document(exchange), 200, {"X-Big": "h" * 262_144})


@mode("gzip-ok", "size", "a right answer, compressed")
async def gzip_ok(exchange: Exchange) -> None:
    await exchange.whole(gzip.compress(_document(exchange)), 200, _GZIP)


@mode("gzip-bomb", "size", "a small body that grows without bounds")
async def gzip_bomb(exchange: Exchange) -> None:
    body = b'"' + b"\0" * exchange.options.bomb + b'"'
    await exchange.whole(gzip.compress(body, 1), 200, _GZIP)


@mode("gzip-lie", "size", "says gzip, but is not")
async def gzip_lie(exchange: Exchange) -> None:
    await exchange.whole(_document(exchange), 200, _GZIP)


@mode("brotli-lie", "size", "an encoding nobody asked for")
async def brotli_lie(exchange: Exchange) -> None:
    await exchange.whole(_document(exchange), 200, {"Content-Encoding": "br"})


@mode("bad-status-line", "size", "a status line that is not HTTP")
async def bad_status_line(exchange: Exchange) -> None:
    await exchange.raw(b"ICY 200 OK\r\nicy-name: x\r\n\r\nhello")
    raise Cut


@mode("plain-text", "size", "text that is neither a stream nor JSON")
async def plain_text(exchange: Exchange) -> None:
    await exchange.whole(b"hello there\nhow are you", 200, None, "text/plain")
