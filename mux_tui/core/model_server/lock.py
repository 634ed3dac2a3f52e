"""One start at a time, across processes.

The lock is the kernel's: it goes with its holder, however that one ends. The server
does not inherit it.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from mux_tui.core.errors import ServerError
from mux_tui.core.paths import PRIVATE_FILE, private_directory


class ServerBusy(ServerError):
    """Another mux starts or stops the model server, and takes too long."""


@asynccontextmanager
async def held(
    path: Path,
    limit: float,
    waiting: Callable[[], None] = lambda: None,
    poll: float = 0.05,
) -> AsyncGenerator[None, None]:
    """Hold the lock inside the context.

    Args:
        path: The lock file; made when missing, never removed.
        limit: Seconds to wait for another holder; 0: do not wait.
        waiting: Called once, when there is one to wait for.
        poll: Seconds between two tries.

    Raises:
        ServerBusy: The other holder kept it beyond the limit.
        ServerError: The lock file cannot be opened.
    """
    descriptor = _opened(path)
    try:
        if not _taken(descriptor):
            waiting()
            await _wait(descriptor, limit, poll)
        yield
    finally:
        os.close(descriptor)


async def _wait(descriptor: int, limit: float, poll: float) -> None:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        await asyncio.sleep(poll)
        if _taken(descriptor):
            return

    raise ServerBusy(
        "another mux is starting or stopping the model server",
        f"it has not finished within {limit:.0f} s" if limit else "",
        "Try again, or see `mux server status`",
    )


def _opened(path: Path) -> int:
    private_directory(path.parent)
    try:
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, PRIVATE_FILE)
    except OSError as error:
        raise ServerError(
            f"cannot open {path}", error.strerror or str(error), "Make it writable"
        ) from error


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False

    return True
