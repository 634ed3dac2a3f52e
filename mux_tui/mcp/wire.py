"""Standard input and output as streams of messages, and nothing else on them.

Both are read and written by threads, because they may be pipes, files or a terminal,
and because a client that stops reading must not keep us from ending. While the wire is
open, whatever else writes to standard output writes to standard error.
"""

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue

import anyio
import mcp_types as types
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

from mux_tui.mcp.lines import LineCutter, Overlong
from mux_tui.mcp.message import read_message, write_message

_PIECE = 64 * 1024
_AHEAD = 64
"""Lines read before anybody has dealt with them."""

_LAST_WORDS = 1.0
"""Seconds for what is still to be written at the end."""

_Incoming = SessionMessage | Exception


@dataclass(frozen=True)
class Wire:
    """The two streams that the SDK's server runs on."""

    incoming: MemoryObjectReceiveStream[_Incoming]
    outgoing: MemoryObjectSendStream[SessionMessage]


@asynccontextmanager
async def stdio(gone: asyncio.Event) -> AsyncGenerator[Wire, None]:
    """Open the wire.

    Args:
        gone: Set as soon as the client has left, before anything is done about it.
    """
    to_server, incoming = anyio.create_memory_object_stream[_Incoming](0)
    outgoing, from_server = anyio.create_memory_object_stream[SessionMessage](0)
    with _claimed() as (source, sink), to_server, incoming, outgoing, from_server:
        reader, writer = _Reader(source), _Writer(sink)
        pumps = (
            asyncio.create_task(_let_in(reader, writer, to_server, gone)),
            asyncio.create_task(_let_out(writer, from_server, to_server, gone)),
        )
        try:
            yield Wire(incoming, outgoing)
            outgoing.close()
            await asyncio.wait(pumps[1:], timeout=_LAST_WORDS)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)


@contextmanager
def _claimed() -> Generator[tuple[int, int]]:
    """Take the two descriptors away from everybody else; nobody inherits ours."""
    source, sink = os.dup(0), os.dup(1)
    for descriptor in (source, sink):
        # Whoever shares it with us may have set it otherwise.
        os.set_blocking(descriptor, True)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    try:
        # Never closed: a thread may still wait for them, and the numbers must not
        # become anybody else's.
        yield source, sink
    finally:
        os.dup2(source, 0)
        os.dup2(sink, 1)


async def _let_in(
    reader: "_Reader",
    writer: "_Writer",
    to_server: MemoryObjectSendStream[_Incoming],
    gone: asyncio.Event,
) -> None:
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
        while (line := await reader.next_line()) is not None:
            message = await _read(line)
            if isinstance(message, types.JSONRPCError):
                await writer.write(write_message(message))
            elif message is not None:
                await to_server.send(message)
    gone.set()
    to_server.close()


async def _read(
    line: bytes | Overlong,
) -> SessionMessage | types.JSONRPCError | None:
    if len(line.head if isinstance(line, Overlong) else line) < _PIECE:
        return read_message(line)

    return await asyncio.to_thread(read_message, line)


async def _let_out(
    writer: "_Writer",
    from_server: MemoryObjectReceiveStream[SessionMessage],
    to_server: MemoryObjectSendStream[_Incoming],
    gone: asyncio.Event,
) -> None:
    try:
        async for message in from_server:
            await writer.write(write_message(message.message))
    except OSError:
        # Nobody reads any more: for the server it is as if nobody wrote either.
        gone.set()
        to_server.close()
        async for _ in from_server:
            pass


class _Reader:
    """Reads lines in a thread of its own, not many of them ahead."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[bytes | Overlong | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        threading.Thread(target=self._read, name="mcp reader", daemon=True).start()

    async def next_line(self) -> bytes | Overlong | None:
        """The next one; None: there are no more."""
        line = await self._lines.get()
        self._room.release()
        return line

    def _read(self) -> None:
        cutter = LineCutter()
        # RuntimeError: the loop is closed, and nobody wants the line.
        with suppress(OSError, RuntimeError):
            while data := os.read(self._descriptor, _PIECE):
                self._hand_over(*cutter.feed(data))
            self._hand_over(*cutter.finish())
        with suppress(RuntimeError):
            self._hand_over(None)

    def _hand_over(self, *lines: bytes | Overlong | None) -> None:
        for line in lines:
            self._room.acquire()
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


class _Writer:
    """Writes in a thread of its own, one thing after the other, each of them whole."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[tuple[bytes, asyncio.Future[None]]] = SimpleQueue()
        threading.Thread(target=self._write, name="mcp writer", daemon=True).start()

    async def write(self, data: bytes) -> None:
        """Write, and wait until it is written.

        Raises:
            OSError: Nobody reads any more.
        """
        done: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put((data, done))
        await done

    def _write(self) -> None:
        while True:
            data, done = self._jobs.get()
            error = self._written(data)
            # RuntimeError: the loop is closed.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_settle, done, error)

    def _written(self, data: bytes) -> OSError | None:
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            return error
        return None


def _settle(done: "asyncio.Future[None]", error: OSError | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
