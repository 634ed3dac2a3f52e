"""What all requests come to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from mux_tui.core.proxy.watch.row import Row

RECENT = 100
"""How many requests shares and times are taken from, the newest."""

_FRESH_SECONDS = 2.0
"""An answer of which nothing was heard for longer adds nothing to the speed now."""


@dataclass(frozen=True)
class Totals:
    """Numbers for a panel's head; None: not known."""

    requests: int = 0
    """Since this proxy was started; without one, those that are held."""

    active: int = 0
    errors: int = 0
    """Failed ones, over the same time."""

    cached: float | None = None
    """The share of prompts that the server had read before."""

    trimmed: float | None = None
    """The share of bodies that did not go on to the model."""

    first_token_p50: float | None = None
    first_token_p90: float | None = None
    rate_now: float | None = None
    """Tokens a second of all answers together; None: there is none."""

    rate: float | None = None
    """Tokens a second of an answer, in the middle."""

    first_tokens: tuple[float, ...] = ()
    """Seconds to the first token of the newest answers, oldest first."""


def totals_of(
    rows: Sequence[Row], now: float, since: float | None, served: int | None
) -> Totals:
    """Sum up.

    Args:
        rows: Newest first.
        now: On the clock of `Row.started_at`.
        since: When the proxy was started; None: there is none.
        served: How many requests it has answered, as it says itself.
    """
    live = [row for row in rows if row.live]
    counted = [row for row in rows if since is None or row.started_at >= since]
    turns = [row for row in rows if row.exchange.kind == "turn"][:RECENT]
    firsts = [one for row in turns if (one := row.first_token_seconds) is not None]
    return Totals(
        requests=max(len(counted), (served or 0) + len(live)),
        active=len(live),
        errors=sum(row.failed for row in counted),
        cached=_share(
            (row.exchange.tokens_cached, row.exchange.tokens_counted) for row in turns
        ),
        trimmed=_left_out(turns),
        first_token_p50=percentile(firsts, 0.5),
        first_token_p90=percentile(firsts, 0.9),
        rate_now=_rate_now(live, now),
        rate=percentile([one for row in turns if (one := row.rate) is not None], 0.5),
        first_tokens=tuple(reversed(firsts)),
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share of all is not above; None: no values."""
    if not values:
        return None

    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


def _rate_now(live: Iterable[Row], now: float) -> float | None:
    rates = [
        row.rate
        for row in live
        if row.rate is not None and now - row.heard_at < _FRESH_SECONDS
    ]
    return sum(rates) if rates else None


def _share(pairs: Iterable[tuple[int | None, int | None]]) -> float | None:
    known = [(part, whole) for part, whole in pairs if part is not None and whole]
    whole = sum(one for _, one in known)
    return min(sum(part for part, _ in known) / whole, 1.0) if whole else None


def _left_out(rows: Iterable[Row]) -> float | None:
    sizes = [
        (row.exchange.bytes_in, row.exchange.bytes_sent)
        for row in rows
        if row.exchange.route == "local" and row.trimmed is not None
    ]
    before = sum(one for one, _ in sizes)
    return 1 - sum(one for _, one in sizes) / before if before else None
