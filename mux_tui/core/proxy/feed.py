"""What happens, told to any number of readers, none of which is waited for."""

import asyncio
from collections.abc import AsyncGenerator

from mux_tui.core.events import ProxyEvent

LONGEST = 1000
"""Events that a reader may be behind before it is dropped."""


class Feed:
    """A stream of events with many readers."""

    def __init__(self, longest: int = LONGEST) -> None:
        """Make one without readers."""
        self._longest = longest
        self._readers: set[asyncio.Queue[ProxyEvent | None]] = set()

    @property
    def readers(self) -> int:
        """How many read at the moment."""
        return len(self._readers)

    def publish(self, event: ProxyEvent) -> None:
        """Tell everybody; who is too far behind is dropped."""
        for queue in tuple(self._readers):
            if queue.qsize() < self._longest:
                queue.put_nowait(event)
            else:
                self._drop(queue)

    def close(self) -> None:
        """End every reader's stream, once it has read what it was told."""
        for queue in tuple(self._readers):
            self._drop(queue)

    def subscribe(self, *first: ProxyEvent) -> AsyncGenerator[ProxyEvent, None]:
        """Everything published from this call on, until the reader is dropped.

        Args:
            first: What this reader alone is told, before anything else.
        """
        queue: asyncio.Queue[ProxyEvent | None] = asyncio.Queue()
        for event in first:
            queue.put_nowait(event)
        self._readers.add(queue)
        return self._read(queue)

    async def _read(
        self, queue: asyncio.Queue[ProxyEvent | None]
    ) -> AsyncGenerator[ProxyEvent, None]:
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._readers.discard(queue)

    def _drop(self, queue: asyncio.Queue[ProxyEvent | None]) -> None:
        self._readers.discard(queue)
        queue.put_nowait(None)
