"""Answers that break off."""

import asyncio
import json
import os

from tests.upstream.exchange import Cut, Exchange
from tests.upstream.registry import mode


@mode("cut-before-headers", "cut", "closed without one byte")
async def cut_before_headers(exchange: Exchange) -> None:
    raise Cut


@mode("cut-after-headers", "cut", "200 and headers, then closed")
async def cut_after_headers(exchange: Exchange) -> None:
    await exchange.head()
    raise Cut


@mode("cut-mid-event", "cut", "closed in the middle of a data line")
async def cut_mid_event(exchange: Exchange) -> None:
    if await exchange.half():
        await exchange.data(b'data: {"choices": [{"index": 0, "delta": {"content": "h')
    raise Cut


@mode("cut-between-events", "cut", "closed after a complete event")
async def cut_between_events(exchange: Exchange) -> None:
    await exchange.half()
    raise Cut


@mode("cut-clean-framing", "cut", "as before, but the framing is ended properly")
async def cut_clean_framing(exchange: Exchange) -> None:
    if not await exchange.half():
        raise Cut
    await exchange.end()


@mode("cut-mid-utf8", "cut", "closed inside a character")
async def cut_mid_utf8(exchange: Exchange) -> None:
    if await exchange.half():
        start = 'data: {"choices":[{"index":0,"delta":{"content":"\U0001f600'
        await exchange.data(start.encode()[:-2])
    raise Cut


@mode("cut-mid-tool", "cut", "closed half way through a tool's arguments")
async def cut_mid_tool(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.half()
        raise Cut

    function = {"name": exchange.tool()[0], "arguments": '{"command": "rm -rf '}
    call = {"index": 0, "id": "call_0", "type": "function", "function": function}
    await exchange.head()
    await exchange.sse(exchange.chunk({"tool_calls": [call]}))
    raise Cut


@mode("cut-after-finish", "cut", "a reset between the finish reason and [DONE]")
async def cut_after_finish(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    await exchange.say()
    await exchange.sse(exchange.chunk({}, "stop"))
    await asyncio.sleep(0.05)
    raise Cut(reset=True)


@mode("rst-mid", "cut", "a TCP reset in the middle")
async def rst_mid(exchange: Exchange) -> None:
    await exchange.half()
    await asyncio.sleep(0.05)
    raise Cut(reset=True)


@mode("rst-first", "cut", "a TCP reset as the only answer")
async def rst_first(exchange: Exchange) -> None:
    raise Cut(reset=True)


@mode("cut-length", "cut", "a length larger than the body")
async def cut_length(exchange: Exchange) -> None:
    body = json.dumps(exchange.full()).encode()
    await exchange.head(200, "application/json", None, len(body) + 1000)
    await exchange.raw(body)
    raise Cut


@mode("die", "cut", "the whole process exits in the middle")
async def die(exchange: Exchange) -> None:
    await exchange.half()
    await asyncio.sleep(0.05)
    os._exit(137)
