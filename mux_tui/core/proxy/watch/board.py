"""What a panel about the proxy shows, made of facts; no clock, no sockets.

Feed it facts as they come, and read it whenever something is to be drawn: `version`
tells whether anything has changed.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, assert_never

from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangeProgressed,
    ExchangesOpen,
    ExchangeStarted,
)
from mux_tui.core.exchange import Exchange
from mux_tui.core.ledger.run_id import moment_of
from mux_tui.core.proxy.process.status import ProxyState, ProxyStatus
from mux_tui.core.proxy.watch.facts import (
    ExchangeRecalled,
    PastUnknown,
    ProxyFailed,
    ProxySeen,
    ProxyStarting,
    ProxyStopping,
    WatchFact,
)
from mux_tui.core.proxy.watch.row import Row
from mux_tui.core.proxy.watch.speed import Speed
from mux_tui.core.proxy.watch.totals import Totals, totals_of

BoardState = ProxyState | Literal["unknown", "starting", "stopping"]
"""`unknown`: nobody has looked yet."""

_MOST = 500
_UNSEEN = "its end was not seen"


class ProxyBoard:
    """The proxy, its requests, and what they come to."""

    def __init__(self, most: int = _MOST) -> None:
        """Make one that knows nothing.

        Args:
            most: Requests it holds; the oldest go first.
        """
        self.state: BoardState = "unknown"
        self.status: ProxyStatus | None = None
        """As it was last seen; None: nobody has looked yet."""

        self.text = ""
        """What is going on while it starts."""

        self.trouble: ProxyFailed | None = None
        """Why it could not be started or stopped, until it was."""

        self.notice = ""
        """Why the past is not known; empty: it is."""

        self.adopted = False
        """It was started elsewhere."""

        self.version = 0
        """Grows with every change."""

        self.speed = Speed()
        self._most = most
        self._rows: dict[str, Row] = {}
        self._sorted: tuple[Row, ...] | None = None
        self._doing = False
        """This process is starting or stopping it, and will say how that ends."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The requests, newest first."""
        if self._sorted is None:
            order = sorted(
                self._rows.values(), key=lambda row: (row.started_at, row.id)
            )
            self._sorted = tuple(reversed(order))
        return self._sorted

    def row(self, name: str) -> Row | None:
        """The request of that id; None: it is not held."""
        return self._rows.get(name)

    def totals(self, now: float) -> Totals:
        """What the requests come to; `now` is in seconds since 1970, UTC."""
        status = self.status
        here = status if status and status.state == "running" else None
        since = None
        if here and here.since:
            since = datetime.fromisoformat(here.since).timestamp()
        return totals_of(self.rows, now, since, here.served if here else None)

    def feed(self, fact: WatchFact, now: float) -> None:
        """Take a fact; `now` is in seconds since 1970, UTC."""
        self.version += 1
        match fact:
            case ProxySeen(status=status):
                self._see(status)
            case ProxyStarting(text=text, here=here):
                self.state, self.text, self.trouble = "starting", text, None
                self._doing = here
            case ProxyStopping():
                self.state, self.trouble, self._doing = "stopping", None, True
            case ProxyFailed():
                self.trouble, self._doing = fact, False
                self.state = self.status.state if self.status else "unknown"
            case PastUnknown(why=why):
                self.notice = why
            case _:
                self._take(fact, now)

    def _see(self, status: ProxyStatus) -> None:
        known = self.status.instance if self.status else ""
        self.status = status
        starting = self._doing and self.state == "starting"
        stopping = self._doing and self.state == "stopping"
        runs = status.state == "running"
        # While it comes or goes, it looks from outside as if it did neither.
        if (starting and not runs) or (stopping and runs):
            return
        if runs and status.instance != known:
            self.adopted = not starting
            self.trouble = None
        self._doing = False
        self.state = status.state

    def _take(
        self,
        fact: ExchangesOpen
        | ExchangeStarted
        | ExchangePrefilled
        | ExchangeProgressed
        | ExchangeEnded
        | ExchangeRecalled,
        now: float,
    ) -> None:
        match fact:
            case ExchangesOpen(exchanges=exchanges):
                self._settle({one.id for one in exchanges})
                for one in exchanges:
                    self._begin(one, now)
            case ExchangeStarted(exchange=exchange):
                self._begin(exchange, now)
            case ExchangePrefilled():
                self._change(fact.id, reading=fact, heard_at=now)
            case ExchangeProgressed():
                if self._change(fact.id, answer=fact, heard_at=now):
                    self.speed.grew(fact.id, fact.tokens_out, now)
            case ExchangeEnded(exchange=exchange):
                self._end(exchange, now - exchange.seconds)
            case ExchangeRecalled(exchange=exchange, started_at=at):
                self._end(exchange, at)
            case _:
                assert_never(fact)

    def _begin(self, exchange: Exchange, now: float) -> None:
        if exchange.id not in self._rows:
            self._put(Row(exchange, _began(exchange, now)))

    def _change(self, name: str, **changes: Any) -> bool:
        """Learn more of a request under way; whether it is one."""
        row = self._rows.get(name)
        if row is None or not row.live:
            return False

        self._put(replace(row, **changes))
        return True

    def _end(self, exchange: Exchange, began: float) -> None:
        self.speed.ended(exchange.id)
        row = self._rows.get(exchange.id)
        at = row.started_at if row else _began(exchange, began)
        self._put(Row(exchange, at))

    def _settle(self, still_open: set[str]) -> None:
        """Those that are said not to be open any more have ended unseen."""
        for row in self.rows:
            if row.live and row.id not in still_open:
                ended = replace(row.exchange, status="failed", error=_UNSEEN)
                self._end(ended, row.started_at)

    def _put(self, row: Row) -> None:
        self._rows[row.id] = row
        self._sorted = None
        if len(self._rows) > self._most:
            oldest = next((one for one in reversed(self.rows) if not one.live), None)
            if oldest is not None:
                del self._rows[oldest.id]
                self._sorted = None


def _began(exchange: Exchange, otherwise: float) -> float:
    """When a request came: its id tells, unless another clock made it."""
    return moment_of(exchange.id) or otherwise
