"""One installation at a time, across processes.

The lock is the kernel's: it goes with its holder, however that one ends, so a file
that is left over locks nobody out.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from mux_tui.core.paths import PRIVATE_FILE

_POLL_SECONDS = 0.1


@asynccontextmanager
async def held(path: Path, waiting: Callable[[], None]) -> AsyncGenerator[None, None]:
    """Hold the lock `path` inside the context; wait for it as long as it takes.

    Args:
        path: The lock file; made when missing, never removed.
        waiting: Called once when somebody else holds the lock.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        told = False
        while not _taken(descriptor):
            if not told:
                waiting()
                told = True
            await asyncio.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False

    return True
