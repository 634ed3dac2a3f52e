"""Ending a server that is proved ours, with everything it started."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress

from mux_tui.core.hardware.processes import ProcessIdentity, alive, family
from mux_tui.core.model_server.launch import bound_port
from mux_tui.core.process.detached import collect
from mux_tui.core.process.group import signal_group


async def end_server(server: ProcessIdentity, grace: float, poll: float = 0.05) -> bool:
    """End a server's process group and its descendants.

    SIGTERM first, SIGKILL to what is left after `grace` seconds. Descendants that have
    left for a session of their own are ended too. The first signal is sent before
    anything is waited for: it goes out even if this is cancelled at once.

    Args:
        server: The leader of the group; the caller has proved that it is ours.
        grace: Seconds between the two signals; 0: SIGKILL at once.
        poll: Seconds between two looks.

    Returns:
        Whether all are gone.
    """
    members = family(server.pid)
    if grace > 0:
        _signal(server, members, signal.SIGTERM)
        if await _gone(server, members, grace, poll):
            return True

    _signal(server, members, signal.SIGKILL)
    return await _gone(server, members, 2.0, poll)


async def port_given_back(port: int, seconds: float = 1.0, poll: float = 0.01) -> bool:
    """Wait until a port can be bound again.

    The system closes the sockets of a process a moment after it counts as gone.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return bound_port(port) == port
        except OSError:
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(poll)


def _signal(
    server: ProcessIdentity, members: Sequence[ProcessIdentity], number: signal.Signals
) -> None:
    left = [member for member in members if alive(member.pid, member.started)]
    # As long as one member lives, the group's number is not given to a stranger.
    if any(_in_group(member.pid, server.pid) for member in left):
        signal_group(server.pid, number)
    for member in left:
        if not _in_group(member.pid, server.pid):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(member.pid, number)


def _in_group(pid: int, pgid: int) -> bool:
    try:
        return os.getpgid(pid) == pgid
    except OSError:
        return False


async def _gone(
    server: ProcessIdentity,
    members: Sequence[ProcessIdentity],
    seconds: float,
    poll: float,
) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        collect(server.pid)
        if not any(alive(member.pid, member.started) for member in members):
            return True
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(poll)
