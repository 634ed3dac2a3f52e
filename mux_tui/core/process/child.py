"""One child process, seen through asyncio's protocol callbacks.

Callbacks, not stream readers, because they tell the leader's exit apart from the end
of its pipes: a grandchild that keeps a pipe open must not hold us.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import cast

from mux_tui.core.process.group import end_group
from mux_tui.core.process.lines import Line, Output

_QUEUE_HIGH = 1024 * 1024
_LINE_OVERHEAD = 256
_DRAIN_SECONDS = 0.2
_EXIT_SECONDS = 2.0
_STDERR_TAIL = 4096


class Child(asyncio.SubprocessProtocol):
    """The lines of a child, its exit, and the way to end it."""

    def __init__(self, stdin: bytes, output_cap: int) -> None:
        """Make the protocol; the event loop makes the process.

        Args:
            stdin: What the child may read before its standard input ends.
            output_cap: Bytes given out of each pipe before dropping begins.
        """
        self.exited = asyncio.Event()
        self.pid = 0
        self.code: int | None = None
        self.last_output = time.monotonic()
        self._stdin = stdin
        self._outputs = {1: Output("out", output_cap), 2: Output("err", output_cap)}
        self._open = {1, 2}
        self._drained = asyncio.Event()
        self._released = asyncio.Event()
        self._lines: deque[Line] = deque()
        self._queued = 0
        self._paused = False
        self._ended = False
        self._finished = False
        self._news = asyncio.Event()
        self._stderr = bytearray()
        self._transport: asyncio.SubprocessTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand over standard input, then end it."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid()
        if self._stdin:
            pipe = self._transport.get_pipe_transport(0)
            writer = cast("asyncio.WriteTransport", pipe)
            writer.write(self._stdin)
            writer.close()
            self._stdin = b""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Cut what came into lines."""
        self.last_output = time.monotonic()
        if fd == 2:
            self._stderr += data
            del self._stderr[:-_STDERR_TAIL]
        self._put(self._outputs[fd].feed(data))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """A pipe has ended."""
        self._open.discard(fd)
        if not self._open:
            self._drained.set()

    def process_exited(self) -> None:
        """The leader has ended and is reaped; others may still hold its pipes."""
        self.code = self._transport.get_returncode()
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The process is reaped and every pipe of it is closed."""
        self._released.set()

    @property
    def stderr_tail(self) -> str:
        """The last of what came on standard error; foreign text."""
        return self._stderr.decode("utf-8", "replace")

    @property
    def paused(self) -> bool:
        """Whether the reader of the lines is behind, so that the child must wait."""
        return self._paused

    async def next_line(self) -> Line | None:
        """Return the next line; None after `end_lines`, when all have been given."""
        while not self._lines:
            if self._ended:
                return None
            self._news.clear()
            await self._news.wait()

        line = self._lines.popleft()
        self._queued -= len(line.text) + _LINE_OVERHEAD
        if self._paused and self._queued < _QUEUE_HIGH // 2:
            self._hold(False)
        return line

    def end_lines(self) -> None:
        """Say that no more lines will come."""
        self._ended = True
        self._news.set()

    async def finish(self, grace: float) -> None:
        """End what still runs, take what is still in the pipes, close everything.

        May be cancelled and called again.

        Args:
            grace: Seconds between SIGTERM and SIGKILL.
        """
        if self._finished:
            return

        by_itself = self.exited.is_set()
        if not by_itself:
            await end_group(self.pid, grace)
            await _within(_EXIT_SECONDS, self.exited)
        self._hold(False)
        await _within(_DRAIN_SECONDS, self._drained)
        if by_itself:
            await end_group(self.pid, grace)
        await self._release()
        for output in self._outputs.values():
            self._put(output.finish())
        self._finished = True

    async def _release(self) -> None:
        pipe = self._transport.get_pipe_transport(0)
        writer = cast("asyncio.WriteTransport | None", pipe)
        if writer is not None and writer.get_write_buffer_size():
            # Input that nobody reads must not keep the pipe open.
            writer.abort()
        self._transport.close()
        await _within(_EXIT_SECONDS, self._released)

    def _put(self, lines: list[Line]) -> None:
        self._lines.extend(lines)
        self._queued += sum(len(line.text) + _LINE_OVERHEAD for line in lines)
        if self._queued > _QUEUE_HIGH and not self.exited.is_set():
            self._hold(True)
        if lines:
            self._news.set()

    def _hold(self, paused: bool) -> None:
        self._paused = paused
        self.last_output = time.monotonic()
        for fd in self._open:
            pipe = self._transport.get_pipe_transport(fd)
            reader = cast("asyncio.ReadTransport", pipe)
            if paused:
                reader.pause_reading()
            else:
                reader.resume_reading()


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, but not for ever: a process may be beyond our signals."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
