"""Ending a proxy that is proved ours; what it started is its own business."""

import asyncio
import os
import signal
import time
from contextlib import suppress

from mux_tui.core.hardware.processes import ProcessIdentity, alive
from mux_tui.core.process.detached import collect


async def end_process(process: ProcessIdentity, grace: float) -> bool:
    """End one process: SIGTERM, and SIGKILL after `grace` seconds.

    Its children are not signalled: a model server outlives the proxy that started it.

    Returns:
        Whether it is gone.
    """
    if await gone(process, 0):
        return True
    for number, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 2.0)):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, number)
        if await gone(process, seconds):
            return True

    return False


async def gone(process: ProcessIdentity, seconds: float, poll: float = 0.02) -> bool:
    """Wait until a process is gone; whether it is, in time."""
    deadline = time.monotonic() + seconds
    while True:
        collect(process.pid)
        if not alive(process.pid, process.started):
            return True
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(poll)
