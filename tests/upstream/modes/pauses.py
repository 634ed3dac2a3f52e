"""Answers that take their time, or never end."""

import asyncio

from tests.upstream.exchange import Cut, Exchange
from tests.upstream.registry import mode


@mode("hang-before-headers", "time", "nothing at all, then a right answer")
async def hang_before_headers(exchange: Exchange) -> None:
    await asyncio.sleep(exchange.options.hang)
    await exchange.reply()


@mode("hang-after-headers", "time", "headers, then silence")
async def hang_after_headers(exchange: Exchange) -> None:
    await exchange.head()
    await asyncio.sleep(exchange.options.hang)
    raise Cut


@mode("hang-mid", "time", "half the answer, then silence")
async def hang_mid(exchange: Exchange) -> None:
    await exchange.half()
    await asyncio.sleep(exchange.options.hang)
    raise Cut


@mode("hang-after-finish", "time", "a finish reason, then silence instead of [DONE]")
async def hang_after_finish(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    await exchange.say()
    await exchange.sse(exchange.chunk({}, "stop"))
    await asyncio.sleep(exchange.options.hang)
    raise Cut


@mode("hang-comments", "time", "comments for ever, never a token")
async def hang_comments(exchange: Exchange) -> None:
    if not exchange.stream:
        await asyncio.sleep(exchange.options.hang)
        raise Cut

    await exchange.head()
    for number in range(1_000_000):
        await exchange.data(b": keepalive %d/1000000\n\n" % number)
        await asyncio.sleep(exchange.options.drip)


@mode("flood-comments", "time", "comments without a pause, never a token")
async def flood_comments(exchange: Exchange) -> None:
    await exchange.head()
    while True:
        await exchange.data(b":\n\n" * 1000)


@mode("slow-drip", "time", "a pause after each piece")
async def slow_drip(exchange: Exchange) -> None:
    if not exchange.stream:
        await asyncio.sleep(exchange.options.drip * len(exchange.pieces()))
        await exchange.reply()
        return

    await exchange.head()
    for piece in exchange.pieces():
        await exchange.sse(exchange.chunk({"content": piece}))
        await asyncio.sleep(exchange.options.drip)
    await exchange.good_end()


@mode("stall-resume", "time", "a pause in the middle")
async def stall_resume(exchange: Exchange) -> None:
    if not exchange.stream:
        await asyncio.sleep(exchange.options.hang)
        await exchange.reply()
        return

    await exchange.head()
    await exchange.say()
    await asyncio.sleep(exchange.options.hang)
    await exchange.say(role=False)
    await exchange.good_end()


@mode("endless", "time", "tokens for ever")
async def endless(exchange: Exchange) -> None:
    if not exchange.stream:
        await asyncio.sleep(exchange.options.hang)
        raise Cut

    await exchange.head()
    number = 0
    while True:
        await exchange.sse(exchange.chunk({"content": f"again {number} "}))
        await asyncio.sleep(exchange.options.delay or 0.001)
        number += 1


@mode("no-read", "time", "does not read the body (chosen by header or for the server)")
async def no_read(exchange: Exchange) -> None:
    await asyncio.sleep(exchange.options.hang)
    raise Cut
