"""Recording requests through the proxy without holding one up.

`record` only puts the request into a queue. A task behind it writes what has gathered,
many rows in one statement. When the ledger cannot be written it is said once, the
newest requests are kept, and tried again with the next one.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

from mux_tui.core.errors import LedgerError
from mux_tui.core.exchange import Exchange
from mux_tui.core.finishing import finished
from mux_tui.core.ledger.exchanges import Arrived
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.store import Ledger

_MOST_WAITING = 1000
_BATCH = 100
_GATHERING_SECONDS = 0.1


class ExchangeRecorder:
    """Records requests, as well as it can be done."""

    def __init__(
        self,
        ledger: Ledger | None,
        owner: Owner,
        warn: Callable[[str], None],
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        """Record into `ledger`.

        Args:
            ledger: None: it could not be opened, which has been said already.
            owner: The process that serves the requests.
            warn: Gets the one sentence on why requests are not recorded.
            most_waiting: Requests kept while the ledger cannot be written; beyond
                it the oldest are lost.
        """
        self._ledger = ledger
        self._owner = owner
        self._warn = warn
        self._most_waiting = most_waiting
        self._waiting: dict[str, Arrived] = {}
        self._came = asyncio.Event()
        self._closing = asyncio.Event()
        self._warned = False

    def record(self, exchange: Exchange) -> None:
        """Have a request recorded; one with the same id is replaced.

        Returns at once and raises nothing. To be called in the event loop's thread.
        """
        if self._ledger is None:
            return

        # A request that began and ended before it was written is one row.
        self._waiting.pop(exchange.id, None)
        self._waiting[exchange.id] = Arrived(exchange, time.time() - exchange.seconds)
        if len(self._waiting) > self._most_waiting:
            del self._waiting[next(iter(self._waiting))]
        self._came.set()

    @asynccontextmanager
    async def working(self) -> AsyncGenerator["ExchangeRecorder", None]:
        """Write while the body runs, and what is left before leaving."""
        if self._ledger is None:
            yield self
            return

        task = asyncio.create_task(self._work(self._ledger), name="exchange recorder")
        try:
            yield self
        finally:
            self._closing.set()
            self._came.set()
            await finished(task)

    async def _work(self, ledger: Ledger) -> None:
        closing = False
        while not closing:
            await self._came.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHERING_SECONDS):
                    await self._closing.wait()
            closing = self._closing.is_set()
            self._came.clear()
            await self._write(ledger)

    async def _write(self, ledger: Ledger) -> None:
        """Write all that waits; after a failure the rest waits for the next time."""
        while self._waiting:
            batch = list(self._waiting.values())[:_BATCH]
            try:
                await ledger.record_exchanges(batch, self._owner)
            except LedgerError as error:
                self._tell(error)
                return

            for one in batch:
                # It may have been replaced while it was written.
                if self._waiting.get(one.exchange.id) is one:
                    del self._waiting[one.exchange.id]

    def _tell(self, error: LedgerError) -> None:
        if not self._warned:
            self._warned = True
            self._warn(f"{error}. Requests go on without being recorded")
