"""Ends a process group when the program that started it is gone.

Run as a script in a child of its own: reads the group's number from standard input
and then waits for the end of it. Only the death of the parent brings that end, since
a parent that lives kills this process first. Imports next to nothing, because it is
started once for every run.
"""

import os
import signal
import sys
import time

_GRACE_SECONDS = 1.5
_POLL_SECONDS = 0.05


def main() -> None:
    """Wait for the end of standard input, then end the group."""
    received = b""
    while data := os.read(0, 64):
        received += data

    if received.isdigit() and int(received) > 1:
        _end(int(received))


def _end(pgid: int) -> None:
    deadline = time.monotonic() + _GRACE_SECONDS
    number = signal.SIGTERM
    while _signalled(pgid, number) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        # Signal 0 only asks; it is sent until the group is gone or grace is over.
        number = 0

    _signalled(pgid, signal.SIGKILL)


def _signalled(pgid: int, number: int) -> bool:
    try:
        os.killpg(pgid, number)
    except OSError:
        return False

    return True


if __name__ == "__main__":
    sys.exit(main())
