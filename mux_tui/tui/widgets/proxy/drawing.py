"""What the proxy's widgets draw with: marks, short numbers, and lines that fit."""

from collections.abc import Sequence

from textual.content import Content

from mux_tui.core.proxy.watch.row import Row
from mux_tui.tui.glyphs import Glyphs

_HOUR = 3600
_MINUTE = 60
_DAY = 24 * _HOUR


def in_glyphs(text: str, glyphs: Glyphs) -> str:
    """Our own words, in what the terminal can show."""
    if not glyphs.ascii:
        return text

    twins = {"→": glyphs.arrow, "·": glyphs.dot, "…": glyphs.cut, "−": "-", "–": "-"}
    return text.translate(str.maketrans(twins))


def mark_of(row: Row, glyphs: Glyphs) -> tuple[str, str]:
    """A request's mark, and the kind of its colour."""
    if row.live:
        return glyphs.half, "busy"
    if row.failed:
        return glyphs.bad, "fail"
    if row.exchange.status == "cancelled":
        return glyphs.off, "soft"
    if row.count_check == "fewer":
        return glyphs.warn, "warn"
    return glyphs.good, "pass"


def duration(seconds: float) -> str:
    """A time in two units: `2 h 14 m`, `12 m 40 s`, `8 s`."""
    whole = max(int(seconds), 0)
    if whole >= _DAY:
        return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"
    if whole >= _HOUR:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} m"
    if whole >= _MINUTE:
        return f"{whole // _MINUTE} m {whole % _MINUTE} s"
    return f"{whole} s"


def size_of(count: int) -> str:
    """Bytes in short: `58 MB`, `18.9 GB`."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB"


def seconds_of(seconds: float | None) -> str:
    """A short time: `0.52`, `12.3`, `140`."""
    if seconds is None:
        return "–"
    if seconds < 9.995:
        return f"{seconds:.2f}"
    return f"{seconds:.1f}" if seconds < 99.95 else f"{seconds:.0f}"


def fitted(parts: Sequence[Content], width: int, gap: str = "   ") -> Content:
    """As many parts as fit on a line, the first ones first."""
    line = Content()
    for part in parts:
        longer = line + Content(gap) + part if line else part
        if longer.cell_length > width:
            break
        line = longer
    return line
