"""An answer on its way to the client, which is never silent for long.

A task of its own drives the source, so that the time in which nothing comes can be
filled with heartbeats, and so that a reader that has not begun yet holds nothing up.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from mux_tui.core.wire.anthropic_events import AnswerEvent, Heartbeat

BEAT_SECONDS = 12.0
"""Clients and people begin to doubt after 15."""

_MOST_WAITING = 2000
"""Events that may wait for the reader before the source has to."""


class Lively:
    """The events of one answer, in batches, with heartbeats in its silences."""

    def __init__(
        self,
        source: AsyncGenerator[list[AnswerEvent], None],
        beat: float = BEAT_SECONDS,
    ) -> None:
        """Begin to drive `source`.

        Args:
            source: Closed by `aclose`, or when it ends.
            beat: Seconds of silence that are filled.
        """
        self._source = source
        self._beat = beat
        self._ready: list[AnswerEvent] = []
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._error: Exception | None = None
        self._done = False
        self._task = asyncio.create_task(self._drive())

    async def begun(self, patience: float) -> bool:
        """Wait until something has come, or the end, or `patience` seconds.

        Returns:
            Whether anything came, the end included.

        Raises:
            Exception: What the source raised before anything came.
        """
        try:
            async with asyncio.timeout(patience):
                await self._news.wait()
        except TimeoutError:
            return False

        if self._error and not self._ready:
            raise self._error
        return True

    async def batches(self) -> AsyncGenerator[list[AnswerEvent], None]:
        """What comes, at once; and a heartbeat whenever nothing does.

        Raises:
            Exception: What the source raised, after all that came before it.
        """
        loop = asyncio.get_running_loop()
        while True:
            if self._ready:
                batch, self._ready = self._ready, []
                self._room.set()
                yield batch
            elif self._error:
                raise self._error
            elif self._done:
                return
            else:
                self._news.clear()
                beat = loop.call_later(self._beat, self._news.set)
                await self._news.wait()
                beat.cancel()
                if not self._ready and not self._done:
                    yield [Heartbeat()]

    async def aclose(self) -> None:
        """End the source, wherever it stands."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _drive(self) -> None:
        try:
            async with aclosing(self._source) as source:
                async for batch in source:
                    self._ready += batch
                    if self._ready:
                        self._news.set()
                    if len(self._ready) >= _MOST_WAITING:
                        self._room.clear()
                        await self._room.wait()
        except Exception as error:  # The reader gets it; nobody else would.
            self._error = error
        finally:
            self._done = True
            self._news.set()
