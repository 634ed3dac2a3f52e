"""Ending a process group, all of it."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_FIRST_POLL = 0.005
_LONGEST_POLL = 0.05

_PROC = Path("/proc")


def group_alive(pgid: int) -> bool:
    """Whether any process of the group still runs.

    Zombies do not count where the system tells them apart: they hold nothing but a
    number, and in a container nobody may ever reap them.
    """
    try:
        os.killpg(pgid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True

    return _has_living_member(pgid) if (_PROC / "self/stat").exists() else True


def _has_living_member(pgid: int) -> bool:
    for name in os.listdir(_PROC):
        if not name.isdigit():
            continue
        try:
            stat = (_PROC / name / "stat").read_bytes()
        except OSError:
            continue
        # The command's name, in parentheses, may hold anything.
        state, _, group, *_ = stat.rpartition(b")")[2].split()
        if int(group) == pgid and state not in (b"Z", b"X"):
            return True

    return False


def signal_group(pgid: int, number: signal.Signals) -> None:
    """Send a signal to the group; a group that is gone is no error."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, number)


async def end_group(pgid: int, grace: float = 5.0) -> bool:
    """End a process group: SIGTERM, and SIGKILL to what is left after `grace` seconds.

    Returns:
        Whether the group is gone. False only when it may not be signalled, or a
        process in it cannot be interrupted.
    """
    if not group_alive(pgid):
        return True

    signal_group(pgid, signal.SIGTERM)
    if await _gone(pgid, grace):
        return True

    signal_group(pgid, signal.SIGKILL)
    return await _gone(pgid, 1.0)


async def _gone(pgid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    pause = _FIRST_POLL
    while group_alive(pgid):
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_POLL)

    return True
