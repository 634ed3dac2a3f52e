"""Streams that are legal, or common, and awkward."""

import asyncio
import json

from tests.upstream.exchange import Exchange
from tests.upstream.registry import mode

HALVES = "na\u00efve \u4f60\u597d \U0001f600 end"


async def _plain(exchange: Exchange, eol: str = "\n", field: str = "data: ") -> None:
    """The answer, with these line ends and this field name."""
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    for piece in exchange.pieces():
        await exchange.sse(exchange.chunk({"content": piece}), eol, field)
    await exchange.sse(exchange.chunk({}, "stop"), eol, field)
    await exchange.sse("[DONE]", eol, field)
    await exchange.end()


def _all_bytes(exchange: Exchange) -> bytes:
    chunks = [exchange.chunk({"content": piece}) for piece in exchange.pieces()]
    events = [json.dumps(c, ensure_ascii=False) for c in chunks]
    events += [json.dumps(exchange.chunk({}, "stop")), "[DONE]"]
    return "".join(f"data: {event}\n\n" for event in events).encode()


@mode("sse-crlf", "sse", "CRLF line ends")
async def sse_crlf(exchange: Exchange) -> None:
    await _plain(exchange, eol="\r\n")


@mode("sse-cr", "sse", "CR line ends")
async def sse_cr(exchange: Exchange) -> None:
    await _plain(exchange, eol="\r")


@mode("sse-nospace", "sse", "`data:` without the space")
async def sse_nospace(exchange: Exchange) -> None:
    await _plain(exchange, field="data:")


@mode("sse-comments", "sse", "keepalive comments before and between events")
async def sse_comments(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    for number in range(5):
        await exchange.data(b": keepalive %d/5\n\n" % number)
    for piece in exchange.pieces():
        await exchange.data(b": keepalive\n\n:\n\n")
        await exchange.sse(exchange.chunk({"content": piece}))
    await exchange.good_end()


@mode("sse-fields", "sse", "event, id, retry and unknown fields around the data")
async def sse_fields(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    await exchange.data(b"retry: 10\n\n")
    for number, piece in enumerate(exchange.pieces()):
        chunk = json.dumps(exchange.chunk({"content": piece}))
        fields = f"id: {number}\nevent: message\nfoo: bar\ndata: {chunk}\n\n"
        await exchange.data(fields.encode())
    await exchange.good_end()


@mode("sse-dribble", "sse", "one byte at a time")
async def sse_dribble(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    data = _all_bytes(exchange)
    for place in range(len(data)):
        await exchange.data(data[place : place + 1])
    await exchange.end()


@mode("sse-half-utf8", "sse", "every character cut in two, with a pause between")
async def sse_half_utf8(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply(HALVES)
        return

    await exchange.head()
    for character in HALVES:
        chunk = exchange.chunk({"content": character})
        data = f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()
        middle = next((i for i, b in enumerate(data) if b >= 0x80), 10) + 1
        await exchange.data(data[:middle])
        await asyncio.sleep(0.002)
        await exchange.data(data[middle:])
    await exchange.good_end()


@mode("sse-half-surrogates", "sse", "JSON escapes cut between the halves of one emoji")
async def sse_half_surrogates(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply("a\U0001f600b")
        return

    await exchange.head()
    for escaped in ("a\\ud83d", "\\ude00b"):
        chunk = json.dumps(exchange.chunk({"content": "@"}))
        await exchange.sse(chunk.replace("@", escaped))
    await exchange.good_end()


@mode("sse-one-write", "sse", "the whole stream in one write")
async def sse_one_write(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    await exchange.data(_all_bytes(exchange))
    await exchange.end()


@mode("sse-no-last-blank", "sse", "ends right after the last data line")
async def sse_no_last_blank(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    await exchange.say()
    await exchange.data(f"data: {json.dumps(exchange.chunk({}, 'stop'))}".encode())
    await exchange.end()


async def _typed(exchange: Exchange, content_type: str, start: bytes = b"") -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head(content_type=content_type)
    await exchange.data(start)
    await exchange.say()
    await exchange.good_end()


@mode("sse-wrong-type", "sse", "a stream that says it is JSON")
async def sse_wrong_type(exchange: Exchange) -> None:
    await _typed(exchange, "application/json")


@mode("sse-html-type", "sse", "a stream that says it is a web page")
async def sse_html_type(exchange: Exchange) -> None:
    await _typed(exchange, "text/html; charset=iso-8859-1")


@mode("sse-bom", "sse", "a byte order mark at the start")
async def sse_bom(exchange: Exchange) -> None:
    await _typed(exchange, "text/event-stream", b"\xef\xbb\xbf")


@mode("sse-big-comment", "sse", "a comment of many bytes, then a right answer")
async def sse_big_comment(exchange: Exchange) -> None:
    comment = b": " + b"k" * exchange.options.size + b"\n\n"
    await _typed(exchange, "text/event-stream", comment)


@mode("stream-ignored", "sse", "asked to stream, answers with one document")
async def stream_ignored(exchange: Exchange) -> None:
    await exchange.json(exchange.full())


@mode("stream-unasked", "sse", "asked for a document, answers with a stream")
async def stream_unasked(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.say()
    await exchange.good_end()
