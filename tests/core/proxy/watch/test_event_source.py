"""Bytes of a proxy that says odd things, or none, or whatever."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest

from mux_tui.core.events import ExchangesOpen, ExchangeStarted, ProxyEvent, as_json
from mux_tui.core.proxy.process.lifecycle import RunningProxy
from mux_tui.core.proxy.watch.event_source import events_of
from tests.core.proxy.watch.rows import exchange

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@asynccontextmanager
async def saying(pieces: Sequence[bytes]) -> AsyncGenerator[RunningProxy, None]:
    """A server that answers with these bytes, and closes."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield RunningProxy(f"http://127.0.0.1:{port}", "t", 1, port, "i", None)


async def heard(pieces: Sequence[bytes]) -> list[ProxyEvent]:
    """What is understood of these bytes."""
    async with saying(pieces) as proxy:
        async with aclosing(events_of(proxy, 2.0, 2.0)) as events:
            return [event async for event in events]


def frame(event: ProxyEvent) -> bytes:
    """As the proxy writes it."""
    return f"event: x\ndata: {json.dumps(as_json(event))}\n\n".encode()


EVENTS: list[ProxyEvent] = [ExchangesOpen(()), ExchangeStarted(exchange())]


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_however_the_bytes_are_cut_the_events_are_the_same(size: int) -> None:
    data = b": still here\n\n" + b"".join(map(frame, EVENTS))
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert await heard([_HEAD, *pieces]) == EVENTS


@pytest.mark.parametrize(
    "junk",
    [
        b"data: [1,2\n\n",
        b"data: \xff\xfe\n\n",
        b'data: {"event": "made_up"}\n\n',
        b"data: " + b"[" * 100_000 + b"\n\n",
        b"\0\x1b[2J\n\n",
    ],
)
async def test_what_is_no_event_is_passed_over(junk: bytes) -> None:
    assert await heard([_HEAD, junk, frame(EVENTS[0])]) == EVENTS[:1]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff" * 100,
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\ncut",
        _HEAD + b"data: " + b"x" * 5_000_000,
    ],
)
async def test_what_is_no_stream_is_an_end(answer: bytes) -> None:
    assert await heard([answer]) == []


async def test_nobody_there_is_an_end() -> None:
    async with saying([]) as gone:
        pass
    async with aclosing(events_of(gone, 1.0, 1.0)) as events:
        assert [event async for event in events] == []


async def test_silence_is_an_end() -> None:
    forever = asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD)
        await forever.wait()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        proxy = RunningProxy(f"http://127.0.0.1:{port}", "t", 1, port, "i", None)
        async with aclosing(events_of(proxy, 1.0, 0.05)) as events:
            assert [event async for event in events] == []
        forever.set()
