"""Processes that carry a mark in their environment, and ending them.

What a program has started keeps the program's environment, even in a session of its
own and without its parent. Only processes of the same user are looked at.
"""

import asyncio
import os
import signal
import time
from contextlib import suppress

import psutil

from mux_tui.core.finishing import finished
from mux_tui.core.hardware.processes import ProcessIdentity, alive, identity

_ROUNDS = 3
"""What is ended may start another while we look."""

_GRACE_SECONDS = 1.0
_POLL_SECONDS = 0.02


def carrying(name: str, value: str) -> tuple[ProcessIdentity, ...]:
    """The running processes of this user that were started with a variable.

    Args:
        name: Of the variable.
        value: Exactly this one; one that nobody else would have.
    """
    found: list[ProcessIdentity] = []
    for process in psutil.process_iter():
        try:
            ours = process.uids().real == os.getuid() and process.pid != os.getpid()
            if not ours or process.environ().get(name) != value:
                continue
        except (psutil.Error, OSError):
            continue
        if (one := identity(process.pid)) is not None:
            found.append(one)

    return tuple(found)


async def end_carrying(
    name: str, value: str, grace: float = _GRACE_SECONDS
) -> tuple[ProcessIdentity, ...]:
    """End those processes, to the end even while we are cancelled.

    Args:
        name: Of the variable.
        value: As for `carrying`.
        grace: Seconds between SIGTERM and SIGKILL.

    Returns:
        All that were found.
    """
    ending = asyncio.create_task(asyncio.to_thread(_end, name, value, grace))
    try:
        await finished(ending)
    except asyncio.CancelledError:
        ending.exception()
        raise

    return ending.result()


def _end(name: str, value: str, grace: float) -> tuple[ProcessIdentity, ...]:
    ended: list[ProcessIdentity] = []
    for _ in range(_ROUNDS):
        found = carrying(name, value)
        if not found:
            break
        ended += (one for one in found if one not in ended)
        _signal(found, signal.SIGTERM)
        deadline = time.monotonic() + grace
        while _living(found) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        _signal(_living(found), signal.SIGKILL)

    return tuple(ended)


def _living(found: tuple[ProcessIdentity, ...]) -> tuple[ProcessIdentity, ...]:
    return tuple(one for one in found if alive(one.pid, one.started))


def _signal(found: tuple[ProcessIdentity, ...], number: signal.Signals) -> None:
    for one in found:
        if alive(one.pid, one.started):
            with suppress(OSError):
                os.kill(one.pid, number)
