"""Requests through the proxy as text: a line in a list."""

from typing import TYPE_CHECKING

from mux_tui.cli.run_report import number, tokens, when
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    # The database takes a while to import, which the help does not need.
    from mux_tui.core.ledger.exchanges import ExchangeRow

REQUESTS_HEADER = (
    *("request", "when", "kind", "status", "route", "kB", "sent", "tokens", "cached"),
    *("first", "seconds", "tools", "why"),
)
_WHY_WIDTH = 60


def request_row(row: "ExchangeRow") -> tuple[str, ...]:
    """The request as the cells of a table; sizes are kilobytes, before and after."""
    return (
        one_line(row.exchange_id, 40),
        when(row.started_at),
        one_line(row.kind, 10),
        one_line(row.status, 20),
        one_line(row.route, 10),
        _kilobytes(row.bytes_in),
        _kilobytes(row.bytes_sent),
        tokens(row.tokens_counted, row.tokens_out),
        _share(row.tokens_cached, row.tokens_counted),
        number(row.first_token_seconds, 2),
        number(row.seconds, 1),
        f"{row.tool_calls}+{row.repairs}" if row.repairs else str(row.tool_calls),
        one_line(row.error or row.sentence or row.reason, _WHY_WIDTH),
    )


def _kilobytes(size: int) -> str:
    return f"{size / 1000:.1f}" if size else "-"


def _share(part: int | None, whole: int | None) -> str:
    """How much of the prompt came from the cache."""
    return "-" if part is None or not whole else f"{part / whole:.0%}"
