"""What a panel and a command line say of a request, in few words, safe to show."""

from collections.abc import Sequence

from mux_tui.core.proxy.watch.row import Row
from mux_tui.core.text import one_line

_KINDS = {"side": "title", "count": "count", "warm": "read beforehand"}
_ENDS = {"done": "done", "failed": "error", "cancelled": "cancelled"}


def state_word(row: Row) -> str:
    """What happens with it, or why it ended: `reading`, `tool_use`, `error`…"""
    if row.live:
        return row.stage
    if row.exchange.status == "done":
        return one_line(row.exchange.stop_reason, 20) or "done"
    return _ENDS.get(row.exchange.status, "over")


def note_of(row: Row, now: float, width: int = 60) -> str:
    """What else is worth a word: how far it is, what it did, what went wrong."""
    if row.stage == "reading":
        return reading_of(row, now)

    exchange = row.exchange
    parts = [one_line(exchange.error, width)] if exchange.error else []
    if exchange.kind != "turn":
        parts.append(_KINDS.get(exchange.kind, one_line(exchange.kind, 20)))
    if exchange.route == "cloud":
        parts.append(f"cloud: {one_line(exchange.reason.replace('_', ' '), 30)}")
    if exchange.tool_calls:
        parts.append(_count(exchange.tool_calls, "tool"))
    if exchange.repairs:
        parts.append(f"{exchange.repairs} mended")
    if row.count_check == "fewer":
        parts.append("server cut the prompt")
    if exchange.prefix_break:
        parts.append("prompt read anew")
    return " · ".join(parts)


def reading_of(row: Row, now: float) -> str:
    """`reading 3.1k/8.0k · 4 s left`; empty: it reads nothing."""
    told = row.reading
    if told is None:
        return ""
    text = f"reading {thousands(told.tokens)}/{thousands(told.total)}"
    left = row.seconds_left(now)
    return text if left is None else f"{text} · {left:.0f} s left"


def matches(row: Row, words: Sequence[str]) -> bool:
    """Whether each of these words, in lower case, is somewhere in the request."""
    if not words:
        return True

    exchange = row.exchange
    everything = (
        *(exchange.id, exchange.kind, exchange.status, exchange.route, row.stage),
        *(exchange.reason, exchange.session_id, exchange.agent_id, exchange.error),
        *(exchange.model, exchange.model_asked, exchange.stop_reason),
        *exchange.notes,
    )
    text = " ".join((*everything, note_of(row, row.heard_at))).lower()
    return all(word in text for word in words)


def thousands(number: float | None) -> str:
    """A number in at most five characters: `940`, `3.1k`, `24k`, `1.2M`."""
    if number is None:
        return "–"
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size * 0.9995:
            scaled = number / size
            return f"{scaled:.1f}{unit}" if scaled < 99.95 else f"{scaled:.0f}{unit}"
    return f"{number:.0f}"


def percent(share: float | None) -> str:
    """A share as `81 %`."""
    return "–" if share is None else f"{share * 100:.0f} %"


def cut_share(share: float | None) -> str:
    """A trimmed share as `−81 %`; what grew as `+3 %`."""
    if share is None:
        return "–"
    whole = round(share * 100)
    return f"−{whole} %" if whole > 0 else f"+{-whole} %" if whole else "0 %"


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
