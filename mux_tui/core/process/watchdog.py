"""Ends what was started when the program that started it is gone.

Run as a script in a child of its own: reads the number of a process group from
standard input and then waits for the end of it. Only the death of the parent brings
that end, since a parent that lives kills this process first. A parent that died in the
very moment of starting a group told no number: then, and for those who have left their
group, what counts is the mark in their environment, given as the only argument in the
form `NAME=value`. Imports next to nothing, because it is started once for every run.
"""

import os
import signal
import sys
import time
from contextlib import suppress

_GRACE_SECONDS = 1.5
_POLL_SECONDS = 0.05
_START_SECONDS = 10.0
"""How long a process that has just been made may take to become the program: until
then it does not carry the mark."""

_QUIET_SECONDS = 0.5
"""How long nobody may carry the mark until nobody else is expected."""

_PS = ("/bin/ps", "-axEww", "-o", "pid=,command=")
"""Shows, on macOS, each process with the variables that it was started with."""


def main(words: list[str]) -> None:
    """Wait for the end of standard input, then end the group and all with the mark."""
    received = b""
    while data := os.read(0, 64):
        received += data

    told = received.isdigit() and int(received) > 1
    if told:
        _end(int(received))
    if words and words[0]:
        _end_marked(words[0], _QUIET_SECONDS if told else _START_SECONDS)


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


def _end_marked(mark: str, seconds: float) -> None:
    """End whoever carries the mark, or comes to carry it within that time."""
    asked: dict[int, float] = {}
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < seconds:
        found = _marked(mark)
        for pid in found:
            with suppress(OSError):
                os.kill(pid, _number_for(asked, pid))
        if found:
            quiet_since, seconds = time.monotonic(), _QUIET_SECONDS
        time.sleep(_POLL_SECONDS)


def _number_for(asked: dict[int, float], pid: int) -> int:
    """First it is asked to end, and killed where it has not after a while."""
    if pid not in asked:
        asked[pid] = time.monotonic()
        return signal.SIGTERM

    late = time.monotonic() - asked[pid] > _GRACE_SECONDS
    return signal.SIGKILL if late else 0


def _marked(mark: str) -> list[int]:
    """The numbers of the user's processes whose environment has the mark."""
    if os.path.isdir("/proc/self"):
        return [int(name) for name in os.listdir("/proc") if _carries(name, mark)]

    return _told_by_ps(mark)


def _carries(name: str, mark: str) -> bool:
    if not name.isdigit():
        return False
    try:
        if os.stat(f"/proc/{name}").st_uid != os.getuid():
            return False
        with open(f"/proc/{name}/environ", "rb") as file:
            variables = file.read().split(b"\0")
    except OSError:
        return False

    return mark.encode() in variables


def _told_by_ps(mark: str) -> list[int]:
    # Only now: it is not light, and hardly ever needed.
    import subprocess

    try:
        done = subprocess.run(_PS, capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return []

    lines = [line.split() for line in done.stdout.splitlines()]
    found = [int(words[0]) for words in lines if mark.encode() in words[1:]]
    # It shows arguments as well, and we have been given the mark as one.
    return [pid for pid in found if pid != os.getpid()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
