"""Events reach every reader; a slow one holds nobody up."""

import asyncio
from contextlib import aclosing

from mux_tui.core.events import ExchangeEnded, ExchangePrefilled, ProxyEvent
from mux_tui.core.exchange import Exchange
from mux_tui.core.proxy.event_stream import event_stream
from mux_tui.core.proxy.feed import Feed


def _event(number: int) -> ProxyEvent:
    return ExchangePrefilled(str(number), number, 100)


async def test_each_reader_gets_what_happens_from_its_subscription_on() -> None:
    feed = Feed()
    first = feed.subscribe()
    feed.publish(_event(1))
    second = feed.subscribe()
    feed.publish(_event(2))
    feed.close()
    assert [event async for event in first] == [_event(1), _event(2)]
    assert [event async for event in second] == [_event(2)]
    assert feed.readers == 0


async def test_who_is_too_far_behind_is_dropped_after_what_it_was_told() -> None:
    feed = Feed(longest=3)
    slow, quick = feed.subscribe(), feed.subscribe()
    for number in range(5):
        feed.publish(_event(number))
        assert await anext(quick) == _event(number)
    assert [event async for event in slow] == [_event(n) for n in range(3)]
    assert feed.readers == 1
    await quick.aclose()
    assert feed.readers == 0


async def test_a_reader_that_leaves_is_forgotten() -> None:
    feed = Feed()
    async with aclosing(feed.subscribe()) as reader:
        feed.publish(_event(1))
        await anext(reader)
    feed.publish(_event(2))
    assert feed.readers == 0


async def test_silence_is_filled_and_the_end_ends_the_stream() -> None:
    feed = Feed()
    body = event_stream(feed.subscribe(), beat=0.02).body
    assert not isinstance(body, bytes)
    pieces = list[bytes]()
    async with asyncio.timeout(30):
        async for piece in body:
            pieces.append(piece)
            if len(pieces) == 3:
                feed.publish(ExchangeEnded(Exchange("e")))
                feed.close()
    assert pieces[:3] == [b": still here\n\n"] * 3
    assert pieces[3].startswith(b'event: exchange_ended\ndata: {"event": ')
    assert pieces[3].endswith(b"}\n\n")
    assert len(pieces) == 4
