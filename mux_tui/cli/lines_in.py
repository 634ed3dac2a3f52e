"""Reading standard input a line at a time while other work goes on."""

import asyncio
import os

_CHUNK = 65_536
_LONGEST = 10_000_000
"""Bytes of one line; more is cut off there, as an endless input has no line at all."""


class LinesIn:
    """Lines of a terminal, a pipe or a file; nothing is read ahead of need."""

    def __init__(self, number: int) -> None:
        """Read from a file descriptor; it stays the caller's."""
        self._number = number
        self._read = b""
        self._ended = False

    async def next(self) -> str | None:
        """The next line, without its end; None: there is none any more."""
        while b"\n" not in self._read and not self._ended:
            await self._readable()
            chunk = os.read(self._number, _CHUNK)
            self._ended = not chunk or len(self._read) > _LONGEST
            self._read += chunk
        line, found, self._read = self._read.partition(b"\n")
        if not found and not line:
            # A terminal goes on after an end of input that answered a question.
            self._ended = not os.isatty(self._number)
            return None

        return line.decode("utf-8", "replace").removesuffix("\r")

    async def _readable(self) -> None:
        ready = asyncio.Event()
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._number, ready.set)
        except PermissionError:
            # A file, which epoll does not take: it is always readable.
            return
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._number)
