"""How many answers a local model writes at a time; the others wait their turn."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Places:
    """Lets so many in at a time, in the order they came."""

    def __init__(self, number: int) -> None:
        """Make `number` of them, all free."""
        self.taken = 0
        """How many are being answered."""

        self.waiting = 0
        self._free = asyncio.Semaphore(number)

    @property
    def full(self) -> bool:
        """Whether the next one would have to wait."""
        return self._free.locked()

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None, None]:
        """Wait for a place, and hold it."""
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
            self._free.release()
