"""What somebody who watches a proxy is told.

No fact carries the proxy's token: they are shown, and printed as JSON.
"""

from dataclasses import dataclass
from typing import Any

from mux_tui.core.errors import MuxError
from mux_tui.core.events import ProxyEvent, as_json, plain
from mux_tui.core.exchange import Exchange
from mux_tui.core.proxy.process.status import ProxyStatus


@dataclass(frozen=True)
class ProxySeen:
    """How the proxy is; told when that changes, and every few seconds."""

    status: ProxyStatus


@dataclass(frozen=True)
class ProxyStarting:
    """The proxy is being started."""

    text: str = ""
    """What is going on; empty: nothing in particular."""

    here: bool = True
    """Whether this process starts it, and says when that has failed."""


@dataclass(frozen=True)
class ProxyStopping:
    """This process is stopping the proxy."""


@dataclass(frozen=True)
class ProxyFailed:
    """Starting or stopping it did not work."""

    what: str
    why: str = ""
    next_step: str = ""

    @classmethod
    def of(cls, error: MuxError) -> "ProxyFailed":
        """The fact that is this error."""
        return cls(error.what, error.why, error.next_step)


@dataclass(frozen=True)
class ExchangeRecalled:
    """A request that was over before anybody watched, from the ledger."""

    exchange: Exchange
    started_at: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True)
class PastUnknown:
    """The ledger could not be read; requests from now on are told all the same."""

    why: str


WatchFact = (
    ProxySeen
    | ProxyStarting
    | ProxyStopping
    | ProxyFailed
    | ExchangeRecalled
    | PastUnknown
    | ProxyEvent
)


def fact_json(fact: WatchFact) -> dict[str, Any]:
    """The fact as one flat JSON object, `{"event": NAME, ...}`."""
    match fact:
        case ProxySeen(status=status):
            return {"event": "proxy_seen"} | plain(status)
        case ProxyStarting():
            return {"event": "proxy_starting"} | plain(fact)
        case ProxyStopping():
            return {"event": "proxy_stopping"}
        case ProxyFailed():
            return {"event": "proxy_failed"} | plain(fact)
        case ExchangeRecalled(exchange=exchange, started_at=at):
            known = {"event": "exchange_recalled", "started_at": at}
            return known | plain(exchange)
        case PastUnknown():
            return {"event": "past_unknown"} | plain(fact)
        case _:
            return as_json(fact)
