"""Bytes of a child's output in, lines out, with bounded memory and no I/O.

A line ends at LF, CR LF or CR, so that progress bars become lines. Bytes that are not
UTF-8 become U+FFFD. What is too much is dropped from the middle: the head is given
out at once, the last part at the end.
"""

from dataclasses import dataclass
from typing import Literal

OUTPUT_CAP = 8 * 1024 * 1024
LINE_CAP = 4 * 1024 * 1024
TAIL_BYTES = 64 * 1024

Stream = Literal["out", "err"]


@dataclass(frozen=True)
class Line:
    """One line of a child's output, without its line end."""

    stream: Stream
    text: str
    """Foreign: make it safe before it is shown."""

    cut: bool = False
    """Output is missing here: the end of this line, or what came before it."""


class LineSplitter:
    """Cuts bytes into lines; how the bytes arrive in pieces makes no difference."""

    def __init__(self, line_cap: int = LINE_CAP) -> None:
        """Start with nothing; longer lines than `line_cap` bytes lose their end."""
        self._line_cap = line_cap
        self._pending = bytearray()
        self._open = False
        self._cut = False
        self._after_cr = False

    def feed(self, data: bytes) -> list[tuple[str, bool]]:
        """Return the lines that `data` completes, each with whether it was cut."""
        if not data:
            return []
        if self._after_cr:
            self._after_cr = False
            data = data.removeprefix(b"\n")

        done: list[tuple[str, bool]] = []
        for piece in data.splitlines(keepends=True):
            text = piece.rstrip(b"\r\n")
            self._keep(text)
            if len(text) < len(piece):
                done.append(self._take())
                self._after_cr = piece.endswith(b"\r")

        # A CR that is not the last byte has been matched with its LF already.
        self._after_cr = self._after_cr and data.endswith(b"\r")
        return done

    def flush(self, *, cut: bool = False) -> list[tuple[str, bool]]:
        """Return the line that was begun and not ended, if there is one."""
        self._cut = self._cut or cut
        return [self._take()] if self._open else []

    def _keep(self, text: bytes) -> None:
        self._open = True
        room = self._line_cap - len(self._pending)
        self._pending += text[:room]
        self._cut = self._cut or len(text) > room

    def _take(self) -> tuple[str, bool]:
        line = (self._pending.decode("utf-8", "replace"), self._cut)
        self._pending.clear()
        self._open = self._cut = False
        return line


class Output:
    """One pipe of a child: its lines, capped, and the last bytes of it."""

    def __init__(
        self, stream: Stream, cap: int = OUTPUT_CAP, line_cap: int = LINE_CAP
    ) -> None:
        """Start with nothing.

        Args:
            stream: Which pipe the lines are said to come from.
            cap: Bytes given out before dropping begins.
            line_cap: Bytes kept of one line.
        """
        self._stream: Stream = stream
        self._room = cap
        self._splitter = LineSplitter(line_cap)
        self._tail = bytearray()
        self._dropped = False

    def feed(self, data: bytes) -> list[Line]:
        """Return the lines that `data` completes, until the cap is reached."""
        head, rest = data[: self._room], data[self._room :]
        self._room -= len(head)
        self._tail += rest
        if len(self._tail) > TAIL_BYTES:
            del self._tail[:-TAIL_BYTES]
            self._dropped = True

        return self._lines(self._splitter.feed(head))

    def finish(self) -> list[Line]:
        """Return what is left: an unfinished line, and the tail behind the cap."""
        tail = bytes(self._tail)
        self._tail.clear()
        if not self._dropped:
            return self._lines(self._splitter.feed(tail) + self._splitter.flush())

        begun = self._splitter.flush(cut=True)
        whole = LineSplitter()
        (_, *lines) = [*whole.feed(tail), *whole.flush()]
        if not lines:
            lines = LineSplitter().feed(tail + b"\n")
        (first, _), *others = lines
        return self._lines([*begun, (first, True), *others])

    def _lines(self, found: list[tuple[str, bool]]) -> list[Line]:
        return [Line(self._stream, text, cut) for text, cut in found]
