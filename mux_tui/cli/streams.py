"""Standard streams that can be written to, whatever mux was started with.

A stream may be closed (`mux … >&-`), and then the next file that is opened gets its
number: what is meant for the terminal would land in the ledger. And an encoding may
know no `✓`. Both are mended before anything else happens.
"""

import os
import sys
from io import TextIOWrapper
from typing import TextIO


def mend_standard_streams() -> None:
    """Point closed streams to nowhere, and let no character be an error."""
    sys.stdin = sys.stdin or _nowhere(0)
    sys.stdout = sys.stdout or _nowhere(1)
    sys.stderr = sys.stderr or _nowhere(2)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def drop(stream: TextIO) -> None:
    """Write to nowhere from now on what the stream still holds.

    Python flushes it once more at exit, and would complain.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _nowhere(number: int) -> TextIO:
    found = os.open(os.devnull, os.O_RDWR)
    if found != number:
        os.dup2(found, number)
        os.close(found)
    return open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)
