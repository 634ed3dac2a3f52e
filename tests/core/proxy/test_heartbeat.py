"""An answer on its way is never silent for long, and never lost."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from mux_tui.core.proxy.heartbeat import Lively
from mux_tui.core.wire.anthropic_events import AnswerEvent, BlockDelta, Heartbeat

Batches = AsyncGenerator[list[AnswerEvent], None]


def delta(text: str) -> AnswerEvent:
    """A piece of an answer."""
    return BlockDelta(0, "text", text)


async def gathered(lively: Lively) -> list[AnswerEvent]:
    """All events, until the end."""
    async with aclosing(lively.batches()) as batches:
        return [event async for batch in batches for event in batch]


async def test_what_comes_quickly_passes_without_a_beat() -> None:
    async def source() -> Batches:
        for text in "abc":
            yield [delta(text)]

    assert await gathered(Lively(source())) == [delta("a"), delta("b"), delta("c")]


async def test_silence_is_filled_at_each_beat() -> None:
    going = asyncio.Event()

    async def source() -> Batches:
        yield [delta("a")]
        await going.wait()
        yield [delta("b")]

    lively = Lively(source(), beat=0.01)
    seen: list[AnswerEvent] = []
    async with aclosing(lively.batches()) as batches:
        async for batch in batches:
            seen += batch
            if seen.count(Heartbeat()) == 3:
                going.set()

    assert seen == [delta("a"), *[Heartbeat()] * 3, delta("b")]


async def test_an_early_fault_is_raised_before_anything_is_read() -> None:
    async def source() -> Batches:
        raise ValueError("early")
        yield []

    lively = Lively(source())
    with pytest.raises(ValueError, match="early"):
        await lively.begun(1)


async def test_a_late_fault_comes_after_what_was_said() -> None:
    async def source() -> Batches:
        yield [delta("a")]
        raise ValueError("late")

    lively = Lively(source())
    assert await lively.begun(1)
    async with aclosing(lively.batches()) as batches:
        assert await anext(batches) == [delta("a")]
        with pytest.raises(ValueError, match="late"):
            await anext(batches)


async def test_nothing_in_time_is_told() -> None:
    async def source() -> Batches:
        await asyncio.Event().wait()
        yield []

    lively = Lively(source())
    assert not await lively.begun(0.01)
    await lively.aclose()


async def test_closing_ends_the_source_wherever_it_stands() -> None:
    closed = asyncio.Event()

    async def source() -> Batches:
        try:
            yield [delta("a")]
            await asyncio.Event().wait()
        finally:
            closed.set()

    lively = Lively(source())
    assert await lively.begun(1)
    await lively.aclose()
    await lively.aclose()

    assert closed.is_set()


async def test_a_reader_that_does_not_read_stops_the_source() -> None:
    given = 0

    async def source() -> Batches:
        nonlocal given
        while True:
            given += 1000
            yield [delta("x")] * 1000
            await asyncio.sleep(0)

    lively = Lively(source())
    for _ in range(100):
        await asyncio.sleep(0)
    await lively.aclose()

    assert given <= 3000
