"""One at a time, across processes.

The lock is the kernel's: it goes with its holder, however that one ends, so a file
that is left over locks nobody out. Children do not inherit it.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from mux_tui.core.paths import PRIVATE_FILE


@asynccontextmanager
async def held(
    path: Path,
    limit: float | None = None,
    waiting: Callable[[], None] = lambda: None,
    poll: float = 0.05,
) -> AsyncGenerator[None, None]:
    """Hold the lock inside the context.

    Args:
        path: The lock file; made when missing, never removed.
        limit: Seconds to wait for another holder; 0: do not wait; None: for ever.
        waiting: Called once, when there is one to wait for.
        poll: Seconds between two tries.

    Raises:
        TimeoutError: The other holder kept it beyond the limit.
        OSError: The lock file cannot be opened.
    """
    descriptor = _opened(path)
    try:
        if not _taken(descriptor):
            waiting()
            await _wait(descriptor, limit, poll)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def held_here(path: Path, limit: float, poll: float = 0.02) -> Generator[None]:
    """Hold the lock inside the context, in a thread that may block.

    Args:
        path: The lock file; made when missing, never removed.
        limit: Seconds to wait for another holder; 0: do not wait.
        poll: Seconds between two tries.

    Raises:
        TimeoutError: The other holder kept it beyond the limit.
        OSError: The lock file cannot be opened.
    """
    deadline = time.monotonic() + limit
    descriptor = _opened(path)
    try:
        while not _taken(descriptor):
            if time.monotonic() >= deadline:
                raise TimeoutError
            time.sleep(poll)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(path, flags, PRIVATE_FILE)


async def _wait(descriptor: int, limit: float | None, poll: float) -> None:
    deadline = None if limit is None else time.monotonic() + limit
    while deadline is None or time.monotonic() < deadline:
        await asyncio.sleep(poll)
        if _taken(descriptor):
            return

    raise TimeoutError


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False

    return True
