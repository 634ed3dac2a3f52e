"""Each request once: what the feed tells and what the ledger remembers, put together.

The feed tells what is open at its beginning, and everything after that. What ended
unseen is in the ledger, a moment after its end.
"""

import asyncio
import dataclasses
from collections.abc import Callable
from typing import assert_never

from mux_tui.core.errors import MuxError
from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangeProgressed,
    ExchangesOpen,
    ExchangeStarted,
    ProxyEvent,
)
from mux_tui.core.exchange import Exchange
from mux_tui.core.proxy.watch.facts import ExchangeRecalled, PastUnknown, WatchFact
from mux_tui.core.proxy.watch.pace import WatchPace
from mux_tui.core.proxy.watch.past import Past, recalled

Tell = Callable[[WatchFact], None]

_TRIES = 5
_UNSEEN = "how it ended is not known: the proxy was gone by then"


class Story:
    """What has been told of the requests of all proxies that were watched."""

    def __init__(self, past: Past, pace: WatchPace, tell: Tell) -> None:
        """Begin one in which nothing has been told."""
        self._past = past
        self._pace = pace
        self._tell = tell
        self._open: dict[str, Exchange] = {}
        self._lost: dict[str, Exchange] = {}
        """Told as started, and not open any more; their ends have not been told."""

        self._over: dict[str, None] = {}
        self._warned = ""

    def take(self, event: ProxyEvent) -> None:
        """Tell what the feed says, unless it has been told."""
        match event:
            case ExchangesOpen(exchanges=exchanges):
                self._opened(exchanges)
            case ExchangeStarted(exchange=exchange):
                self._started(exchange)
            case ExchangePrefilled() | ExchangeProgressed():
                if event.id in self._open:
                    self._tell(event)
            case ExchangeEnded(exchange=exchange):
                self._open.pop(exchange.id, None)
                if self._ends(exchange.id):
                    self._tell(event)
            case _:
                assert_never(event)

    def lose(self) -> None:
        """The feed has ended: what was open is in nobody's sight."""
        self._lost |= self._open
        self._open = {}

    async def recall(self, settled: bool = False) -> None:
        """Tell what the ledger knows and was not told; then how the lost ones ended.

        Args:
            settled: No proxy writes to the ledger: what is in it is all there will be.
        """
        tries = 1 if settled else _TRIES
        for attempt in range(tries):
            if attempt:
                await asyncio.sleep(self._pace.lag)
            late = await self._recalled(last=attempt == tries - 1)
            # What ended just now may not be in it at all the first time.
            if attempt and not late:
                break

        while self._lost:
            name, exchange = self._lost.popitem()
            if self._ends(name):
                ended = dataclasses.replace(exchange, status="failed", error=_UNSEEN)
                self._tell(ExchangeEnded(ended))

    async def _recalled(self, last: bool) -> bool:
        """Read the ledger once; whether more is to be expected of it."""
        try:
            rows = await self._past(self._pace.past)
        except MuxError as error:
            if (why := str(error)) != self._warned:
                self._warned = why
                self._tell(PastUnknown(why))
            return False

        late = False
        for row in reversed(rows):
            if row.exchange_id in self._open or row.exchange_id in self._over:
                continue
            exchange = recalled(row)
            if exchange.status == "running":
                late = True
                if not last:
                    continue
                error = exchange.error or _UNSEEN
                exchange = dataclasses.replace(exchange, status="failed", error=error)
            self._ends(exchange.id)
            self._tell(ExchangeRecalled(exchange, row.started_at))
        return late or bool(self._lost)

    def _opened(self, exchanges: tuple[Exchange, ...]) -> None:
        known = self._open | self._lost
        self._open = {one.id: one for one in exchanges}
        self._lost = {k: v for k, v in known.items() if k not in self._open}
        for one in exchanges:
            if one.id not in known:
                self._tell(ExchangeStarted(one))

    def _started(self, exchange: Exchange) -> None:
        if exchange.id not in self._open and exchange.id not in self._over:
            self._open[exchange.id] = exchange
            self._tell(ExchangeStarted(exchange))

    def _ends(self, name: str) -> bool:
        """Note that a request's end is told; whether it had not been."""
        self._lost.pop(name, None)
        if name in self._over:
            return False

        self._over[name] = None
        while len(self._over) > max(4 * self._pace.past, 1000):
            del self._over[next(iter(self._over))]
        return True
