"""Writing and checkpointing by one process at a time.

SQLite already allows one writer at a time, but before 3.51.3 (3.44.6, 3.50.7) a
checkpoint that runs beside another process's commit can make committed rows vanish.
Most Pythons carry such an SQLite. Our checkpoints happen inside our commits, so one
lock around every write keeps the two apart. The lock is the system's: it ends with
its process, however that ends.
"""

import asyncio
import errno
import fcntl
import os
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from mux_tui.core.ledger.faults import locked
from mux_tui.core.paths import PRIVATE_FILE

_FIRST_WAIT = 0.001
_LONGEST_WAIT = 0.02

_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)


class WriteLock:
    """An advisory lock on a file beside the ledger."""

    def __init__(self, ledger: Path, timeout: float) -> None:
        """Make the lock's file, if it can be made.

        Args:
            ledger: The database's path.
            timeout: Seconds to wait for the lock.
        """
        self._ledger = ledger
        self._timeout = timeout
        flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._descriptor = os.open(f"{ledger}.lock", flags, PRIVATE_FILE)
        except OSError:
            # Where no file can be made, SQLite cannot write either, and will say so.
            self._descriptor = -1

    @asynccontextmanager
    async def held(self) -> AsyncGenerator[None, None]:
        """Hold the lock.

        Raises:
            LedgerError: Another process held it for the whole time limit.
        """
        await self._take()
        try:
            yield
        finally:
            if self._descriptor >= 0:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    async def _take(self) -> None:
        deadline = time.monotonic() + self._timeout
        wait = _FIRST_WAIT
        while self._descriptor >= 0:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in _TAKEN:
                    # A file system without locks: SQLite's own must do.
                    self.close()
            else:
                return
            if time.monotonic() >= deadline:
                raise locked(self._ledger)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(wait * 2, _LONGEST_WAIT)

    def close(self) -> None:
        """Give the file back. Its name stays: another process may hold the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
