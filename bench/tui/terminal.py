"""A full-screen program in a pseudo terminal: what it paints and when, keys to it.

The bytes are read as fast as they come and kept with their time; what the screen shows
is worked out afterwards, by `paints`.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TAIL = 200_000
"""Bytes of what came last in which patterns are looked for."""

_ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62;22c"}
"""What a terminal is asked, and what it says."""

_PRIVATE = re.compile(
    rb"\x1b[\]P_^].*?(?:\x07|\x1b\\)|\x1b\[[<=>?][0-9;$]*[a-zA-Z]", re.S
)
_MOVE = re.compile(rb"\x1b\[(\d*)(?:;(\d*))?H")
_CODE = re.compile(rb"\x1b\[[0-9;:]*[a-zA-Z]|\x1b[()][0-9A-Z]|\x1b[=>78]")


class Chunk(NamedTuple):
    """Bytes that were read at once."""

    at: float
    """Seconds of `time.monotonic`."""

    data: bytes


class Terminal:
    """Runs a program in a terminal of its own; close it when done."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        size: tuple[int, int] = (120, 40),
    ) -> None:
        """Start the program.

        Args:
            command: The program and its arguments.
            environment: Variables besides those of this process.
            cwd: Where it runs.
            size: Columns and rows.
        """
        columns, rows = size
        self.chunks: list[Chunk] = []
        self._main, terminal = pty.openpty()
        fcntl.ioctl(
            terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0)
        )
        variables = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._tail = b""
        self._changed = threading.Condition()
        self._alive = True
        self.started = time.monotonic()
        self._child = subprocess.Popen(
            command,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env={**os.environ, **variables, **(environment or {})},
            cwd=cwd,
            start_new_session=True,
        )
        os.close(terminal)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def received(self) -> int:
        """Bytes it has painted."""
        return sum(len(chunk.data) for chunk in self.chunks)

    @property
    def quiet(self) -> float:
        """Seconds since it painted something."""
        last = self.chunks[-1].at if self.chunks else self.started
        return time.monotonic() - last

    def wait(self, pattern: str, seconds: float) -> re.Match[bytes] | None:
        """Wait until the pattern stands in what came since `press`, or the start."""
        wanted = re.compile(pattern.encode())
        until = time.monotonic() + seconds
        with self._changed:
            while True:
                if found := wanted.search(self._tail):
                    return found
                left = until - time.monotonic()
                if left <= 0 or not self._alive:
                    return None
                self._changed.wait(left)

    def press(self, key: str, echo: str, seconds: float = 5.0) -> float | None:
        """Press a key; milliseconds until its echo is painted, None: it was not."""
        with self._changed:
            self._tail = b""
        pressed = time.monotonic()
        os.write(self._main, key.encode())
        if self.wait(echo, seconds) is None:
            return None

        return (self.chunks[-1].at - pressed) * 1000

    def type(self, keys: str) -> None:
        """Press keys, whatever comes of it."""
        os.write(self._main, keys.encode())

    def cpu(self) -> float:
        """Seconds of work it has done, in all of its threads."""
        total = 0
        for task in Path(f"/proc/{self._child.pid}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except OSError:
                continue
        return total / 1e9

    def memory(self) -> float:
        """Megabytes of memory it holds."""
        try:
            fields = Path(f"/proc/{self._child.pid}/statm").read_text().split()
        except OSError:
            return float("nan")
        return int(fields[1]) * _PAGE / 2**20

    def close(self) -> None:
        """End the program and what it started."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._child.pid, sign)
                self._child.wait(1.5)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
            break
        self._alive = False
        self._reader.join(1)
        os.close(self._main)

    def _read(self) -> None:
        while self._alive:
            if not select.select([self._main], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(self._main, 65_536)
            except OSError:
                break
            at = time.monotonic()
            for question, answer in _ANSWERS.items():
                if question in data:
                    os.write(self._main, answer)
            with self._changed:
                self.chunks.append(Chunk(at, data))
                self._tail = (self._tail + data)[-_TAIL:]
                self._changed.notify_all()
        with self._changed:
            self._alive = False
            self._changed.notify_all()


def paints(terminal: Terminal, least: int = 30) -> tuple[float | None, float | None]:
    """When it first showed something, and when the screen was as it stayed.

    Args:
        terminal: Of a program that has been closed.
        least: How many characters, blanks aside, count as something.

    Returns:
        Seconds since the start; None: it never did.
    """
    first = settled = None
    screen: dict[tuple[int, int], str] = {}
    for chunk in terminal.chunks:
        before = dict(screen)
        screen.update(_glyphs(chunk.data))
        if screen != before:
            settled = chunk.at - terminal.started
        if first is None and sum(char != " " for char in screen.values()) >= least:
            first = chunk.at - terminal.started
    return first, settled


def _glyphs(data: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """What is painted where; every line of a frame begins with a cursor move."""
    data = _PRIVATE.sub(b"", data)
    moves = list(_MOVE.finditer(data))
    for index, move in enumerate(moves):
        end = moves[index + 1].start() if index + 1 < len(moves) else len(data)
        row, column = int(move[1] or 1), int(move[2] or 1)
        text = _CODE.sub(b"", data[move.end() : end]).decode(errors="replace")
        for char in text:
            if char == "\n":
                row, column = row + 1, 1
            elif char.isprintable():
                yield (row, column), char
                column += 1
