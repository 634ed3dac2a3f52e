"""What becomes of each request: told to whoever watches, and handed to the ledger."""

import dataclasses
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangeProgressed,
    ExchangesOpen,
    ExchangeStarted,
    ProxyEvent,
)
from mux_tui.core.exchange import Exchange, ExchangeStatus
from mux_tui.core.proxy.feed import Feed

Record = Callable[[Exchange], None]
"""Puts an exchange into the ledger's queue; returns at once."""

_SOON_SECONDS = 1.0
"""Before that, an estimate of what is left would only jump."""

_PROGRESS_SECONDS = 0.25
"""Between two tellings of how far an answer is; nobody reads faster."""


class ExchangeLog:
    """The exchanges of one proxy."""

    def __init__(self, feed: Feed, record: Record) -> None:
        """Make one that has seen nothing."""
        self.feed = feed
        self.open = 0
        """How many are under way."""

        self._record = record
        self._told: dict[str, OpenExchange] = {}
        """Those that have been told as started, and not as ended."""

    def watch(self) -> AsyncGenerator[ProxyEvent, None]:
        """What is under way, and then everything that happens."""
        now = tuple(one.exchange for one in self._told.values())
        return self.feed.subscribe(ExchangesOpen(now))

    def begin(self, exchange: Exchange) -> "OpenExchange":
        """A request has arrived; nobody is told before it is decided."""
        self.open += 1
        return OpenExchange(self, exchange)

    def tell_started(self, one: "OpenExchange") -> None:
        """It is decided, and its sizes are known."""
        self._told[one.exchange.id] = one
        self._record(one.exchange)
        self.feed.publish(ExchangeStarted(one.exchange))

    def tell_ended(self, exchange: Exchange) -> None:
        """It is over."""
        self.open -= 1
        self._told.pop(exchange.id, None)
        self._record(exchange)
        self.feed.publish(ExchangeEnded(exchange))


class OpenExchange:
    """One request under way, as far as it is known."""

    def __init__(self, log: ExchangeLog, exchange: Exchange) -> None:
        """Begin one; its clock runs from now."""
        self.exchange = exchange
        self._log = log
        self._began = time.monotonic()
        self._asked = self._began
        self._tokens = 0
        self._next_telling = 0.0

    def set(self, **changes: Any) -> None:
        """Learn more of it; names are those of `Exchange`."""
        self.exchange = dataclasses.replace(self.exchange, **changes)

    def note(self, *notes: str) -> None:
        """Add what a reader should know."""
        if notes:
            self.set(notes=(*self.exchange.notes, *notes))

    def started(self) -> None:
        """Say that it is decided."""
        self._log.tell_started(self)

    def asked(self) -> None:
        """The model has it now; what came before was waiting."""
        self._asked = time.monotonic()

    def prefilled(self, tokens: int, total: int) -> None:
        """The model has read so much of the prompt."""
        seconds = time.monotonic() - self._asked
        left = None
        if tokens > 0 and seconds >= _SOON_SECONDS:
            left = seconds * max(total - tokens, 0) / tokens
        event = ExchangePrefilled(self.exchange.id, tokens, total, left)
        self._log.feed.publish(event)

    def first_token(self) -> None:
        """The answer has begun."""
        if self.exchange.first_token_seconds is None:
            self.set(first_token_seconds=time.monotonic() - self._began)

    def grew(self, pieces: int) -> None:
        """The answer grew by so many pieces; 0: nobody knows by how much."""
        self._tokens += pieces
        first = self.exchange.first_token_seconds
        if first is None or not self._log.feed.readers:
            return

        now = time.monotonic()
        if now >= self._next_telling:
            self._next_telling = now + _PROGRESS_SECONDS
            event = ExchangeProgressed(
                self.exchange.id, self._tokens or None, first, now - self._began
            )
            self._log.feed.publish(event)

    @property
    def reading_seconds(self) -> float | None:
        """How long the model read the prompt; None: it has not begun to answer."""
        first = self.exchange.first_token_seconds
        return None if first is None else first - (self._asked - self._began)

    def end(self, status: ExchangeStatus, **changes: Any) -> None:
        """It is over; only the first end counts."""
        if self.exchange.status != "running":
            return

        seconds = time.monotonic() - self._began
        self.set(status=status, seconds=seconds, **changes)
        self._log.tell_ended(self.exchange)
