"""Keeping everybody else off the terminal while the screen is on.

A C library that warns, or a child that inherits our streams, would paint over the
screen, and whatever it prints the terminal would obey. So file descriptors 1 and 2
lead nowhere meanwhile, and only the screen's own copy leads to the terminal.
"""

import fcntl
import os
import sys
from contextlib import suppress

_FIRST_NUMBER = 10
"""Of the copies: above what programs expect to find open."""


class Diversion:
    """Standard output and error, led away from the terminal and back again."""

    def __init__(self) -> None:
        """Change nothing yet."""
        self._kept: dict[int, int] = {}

    def begin(self) -> None:
        """Lead away what leads to a terminal; a file or a pipe is left alone."""
        self._flush()
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        for number in (1, 2):
            if number not in self._kept and os.isatty(number):
                self._kept[number] = duplicate(number)
                os.dup2(nowhere, number)
        os.close(nowhere)

    def end(self) -> None:
        """Lead them back."""
        self._flush()
        while self._kept:
            number, kept = self._kept.popitem()
            os.dup2(kept, number)
            os.close(kept)

    def _flush(self) -> None:
        """What is still held belongs to where the stream led so far."""
        for stream in (sys.__stdout__, sys.__stderr__):
            # A stream that is closed or full has been dealt with by its owner.
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()  # pyright: ignore[reportOptionalMemberAccess]


def duplicate(number: int) -> int:
    """A copy of a file descriptor that no child inherits."""
    return fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _FIRST_NUMBER)
