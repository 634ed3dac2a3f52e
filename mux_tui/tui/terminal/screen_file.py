"""Writing to a terminal that may be slow, stopped or gone, without ever waiting for it.

What runs in the cockpit must not stand still because a terminal does. So a thread
writes; when it falls too far behind, what waits is thrown away, for the screen can be
painted anew once the terminal reads again.
"""

import os
import threading
from collections import deque
from collections.abc import Callable

MOST_WAITING = 1_000_000
"""Bytes that wait for the terminal before they are thrown away: some 30 frames."""


class ScreenFile:
    """What a Textual driver writes to, as a file; it never blocks and never raises."""

    def __init__(
        self, number: int, caught_up: Callable[[], None], gone: Callable[[], None]
    ) -> None:
        """Begin to write.

        Args:
            number: The terminal's file descriptor; it stays the caller's.
            caught_up: Called from the thread when something was thrown away and the
                terminal reads again.
            gone: Called from the thread when the terminal does not exist any more.
        """
        self._number = number
        self._caught_up = caught_up
        self._gone = gone
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._lost = False
        self._ended = False
        self._change = threading.Condition()
        # A daemon: nobody waits at the end for a terminal that is stopped.
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Hand over text; returns its length."""
        piece = text.encode("utf-8", "replace")
        with self._change:
            if self._bytes > MOST_WAITING:
                self._waiting.clear()
                self._bytes = 0
                self._lost = True
            if not self._ended:
                self._waiting.append(piece)
                self._bytes += len(piece)
                self._change.notify()
        return len(text)

    def flush(self) -> None:
        """Nothing: the thread writes as soon as it can."""

    def fileno(self) -> int:
        """The terminal's file descriptor."""
        return self._number

    def isatty(self) -> bool:
        """It is a terminal."""
        return True

    def finish(self, seconds: float) -> bool:
        """Write what waits, and end the thread.

        Args:
            seconds: How long the terminal may take.

        Returns:
            Whether all of it has been written.
        """
        with self._change:
            self._ended = True
            self._change.notify()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while piece := self._next():
            try:
                while piece:
                    piece = piece[os.write(self._number, piece) :]
            except OSError:
                with self._change:
                    self._ended = True
                    self._waiting.clear()
                self._gone()
                return

    def _next(self) -> bytes:
        """The next piece; empty: there will be none."""
        with self._change:
            while True:
                if self._waiting:
                    piece = self._waiting.popleft()
                    self._bytes -= len(piece)
                    return piece
                if self._ended:
                    return b""
                if self._lost:
                    self._lost = False
                    self._caught_up()
                self._change.wait()
