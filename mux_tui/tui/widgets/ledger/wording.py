"""A run's facts as short words, the same in the list and beside it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from mux_tui.core.ledger.rows import RunDetail, RunRow
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs

_ENDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "running": ("half", "running", "busy"),
        "failed": ("bad", "failed", "failed"),
        "declined": ("bad", "declined", "failed"),
        "cancelled": ("off", "cancelled", "soft"),
        "interrupted": ("bad", "cut off", "failed"),
    }
)
"""Statuses but `done`: mark, word, and the kind of its colour."""

_ROUTES = ("local", "claude", "codex", "gemini")
_VERDICTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"pass": ("good", "pass"), "fail": ("bad", "fail")}
)
_UNKNOWN = "unsure"
"""Checks ran, and could not tell: short enough for a column."""


def end_of(run: RunRow | RunDetail, glyphs: Glyphs) -> tuple[str, str]:
    """How a run ended, or who did it, with its mark; and the kind of its colour."""
    if run.status in _ENDS:
        mark, word, kind = _ENDS[run.status]
        return f"{getattr(glyphs, mark)} {word}", kind

    route = run.route or "nobody"
    mark = glyphs.on if route == "local" else glyphs.up
    kind = route if route in _ROUTES else "soft"
    return f"{mark} {one_line(route, 12)}", kind


def verdict_of(verdict: str | None, glyphs: Glyphs) -> tuple[str, str]:
    """What the checks said, with its mark; and the kind of its colour."""
    if verdict is None:
        return dash(glyphs), "soft"

    mark, kind = _VERDICTS.get(verdict, ("off", "soft"))
    word = _UNKNOWN if verdict == "unknown" else one_line(verdict, 8)
    return f"{getattr(glyphs, mark)} {word}", kind


_LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"good": ("good", "pass"), "bad": ("bad", "fail")}
)


def label_of(label: str, glyphs: Glyphs) -> tuple[str, str]:
    """What its owner says of a run, with its mark; and the kind of its colour."""
    mark, kind = _LABELS.get(label, ("more", ""))
    return f"{getattr(glyphs, mark)} {one_line(label, 8)}", kind


def dash(glyphs: Glyphs) -> str:
    """Stands for what is not known."""
    return "-" if glyphs.ascii else "–"


def spoken(word: str | None) -> str:
    """A reason code as words."""
    return one_line((word or "").replace("_", " "), 60)


def moment_of(seconds: float, now: float | None = None) -> str:
    """When: `20 Nov 12:04`; with `now`, as short as it can be: `12:04`, `19 Nov`."""
    try:
        moment = datetime.fromtimestamp(seconds)
        today = datetime.fromtimestamp(now) if now is not None else None
    except (OverflowError, ValueError, OSError):
        # A row from a broken clock is shown all the same.
        return "?"

    if today is None:
        return moment.strftime("%d %b %H:%M")
    if moment.date() == today.date():
        return moment.strftime("%H:%M")
    return moment.strftime("%d %b" if moment.year == today.year else "%b %y")


def seconds_of(seconds: float | None, glyphs: Glyphs) -> str:
    """A duration: `7.4`, or `1240`."""
    if seconds is None:
        return dash(glyphs)

    return f"{seconds:.1f}" if seconds < 1000 else f"{seconds:.0f}"


def thousands(count: int | None, glyphs: Glyphs) -> str:
    """A count: `248`, `6.2k`, `1.1M`."""
    if count is None:
        return dash(glyphs)
    if count < 1000:
        return str(count)

    return f"{count / 1000:.1f}k" if count < 1_000_000 else f"{count / 1e6:.1f}M"


def tokens_of(read: int | None, written: int | None, glyphs: Glyphs) -> str:
    """Tokens read and written: `6.2k/248`."""
    if read is None and written is None:
        return dash(glyphs)

    return f"{thousands(read, glyphs)}/{thousands(written, glyphs)}"


def dollars_of(cost: float | None, glyphs: Glyphs) -> str:
    """What it cost: `0`, `0.19`."""
    if cost is None:
        return dash(glyphs)

    return f"{cost:.2f}" if cost else "0"


def short_id(run_id: str) -> str:
    """As much of a run's id as names it on a command line."""
    return one_line(run_id.partition("-")[0], 9)
