"""Charts out of characters: statistics as lines, in words as much as in colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from textual.content import Content

from mux_tui.core.ledger.statistics import NOBODY, Day, ReasonCount, Statistics
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.ledger import wording

_ROUTES = ("local", "claude", "codex", "gemini", NOBODY)
_FILLS = ("full", "dark", "medium", "light", "bad")
_AXIS = 6
"""Cells before the bars."""


@dataclass(frozen=True)
class Bucket:
    """The runs of one bar."""

    label: str
    routes: Mapping[str, int]

    @property
    def runs(self) -> int:
        """How many there are."""
        return sum(self.routes.values())


def buckets_of(days: Sequence[Day], weekly: bool, most: int) -> list[Bucket]:
    """Days, or weeks, side by side without gaps; the newest `most` of them."""
    dated = [(date.fromisoformat(day.date), day) for day in days]
    if not dated:
        return []

    step = timedelta(days=7 if weekly else 1)
    newest = _begin(dated[-1][0], weekly)
    first = max(_begin(dated[0][0], weekly), newest - step * (most - 1))
    counts: dict[date, dict[str, int]] = {}
    at = first
    while at <= newest:
        counts[at] = {}
        at += step
    for day_date, day in dated:
        if (begin := _begin(day_date, weekly)) in counts:
            for route, runs in day.routes.items():
                known = route if route in _ROUTES else NOBODY
                counts[begin][known] = counts[begin].get(known, 0) + runs
    return [Bucket(_label(at, weekly), routes) for at, routes in counts.items()]


def _begin(day: date, weekly: bool) -> date:
    return day - timedelta(days=day.weekday()) if weekly else day


def _label(day: date, weekly: bool) -> str:
    return day.strftime("%d %b" if weekly else "%a")


def route_lines(
    found: Statistics, weekly: bool, width: int, height: int, glyphs: Glyphs
) -> list[Content]:
    """Runs by route for each day or week, one bar each, stacked."""
    if not found.days:
        return [_soft("No runs in this time.")]

    room = max(width - _AXIS, 8)
    # A bar and its gap are as wide as fits, down to two cells.
    span = min(max(room // max(_span_days(found.days, weekly), 1), 2), 8)
    buckets = buckets_of(found.days, weekly, room // span)
    top = max(bucket.runs for bucket in buckets)
    rows = max(height - 4, 3)
    lines = [
        _axis(row, rows, top, glyphs)
        + Content("").join(_slice(b, row, rows, top, span, glyphs) for b in buckets)
        for row in range(rows, 0, -1)
    ]
    corner = "+" if glyphs.ascii else "└"
    lines.append(
        _soft(" " * (_AXIS - 1) + corner + glyphs.rule * (span * len(buckets)))
    )
    lines.append(_labels(buckets, span, room))
    lines.append(Content(""))
    lines.append(_legend(buckets, glyphs))
    return lines


def _span_days(days: Sequence[Day], weekly: bool) -> int:
    first, last = (date.fromisoformat(day.date) for day in (days[0], days[-1]))
    count = (last - first).days + 1
    return count // 7 + 1 if weekly else count


def _axis(row: int, rows: int, top: int, glyphs: Glyphs) -> Content:
    mark = "+" if glyphs.ascii else "┤"
    if row == rows or (row == (rows + 1) // 2 and top > 1):
        value = top if row == rows else round(top * row / rows)
        return _soft(f"{wording.thousands(value, glyphs):>4} {mark}")

    return _soft(" " * (_AXIS - 1) + glyphs.upright)


def _slice(
    bucket: Bucket, row: int, rows: int, top: int, span: int, glyphs: Glyphs
) -> Content:
    """One bar's part of one row: the route whose share is there."""
    gap = 1 if span < 5 else 2
    height = -(-bucket.runs * rows // top) if top else 0
    if row > height:
        return Content(" " * span)

    # The middle of this row, in runs from the bottom.
    middle = (row - 0.5) * bucket.runs / height
    sums = list(accumulate(bucket.routes.get(route, 0) for route in _ROUTES))
    place = next(n for n, total in enumerate(sums) if middle <= total)
    fill = getattr(glyphs, _FILLS[place])
    return coloured_route(fill * (span - gap), _ROUTES[place]) + " " * gap


def _labels(buckets: Sequence[Bucket], span: int, room: int) -> Content:
    """The names under the bars, as many as fit without touching."""
    line = ""
    for number, bucket in enumerate(buckets):
        at = number * span
        fits = len(line) <= at and at + len(bucket.label) <= room
        if fits and (span >= 4 or number % (8 // span) == 0):
            line = line.ljust(at) + bucket.label + " "
    return _soft(" " * _AXIS + line.rstrip())


def _legend(buckets: Sequence[Bucket], glyphs: Glyphs) -> Content:
    parts: list[Content] = []
    for route, fill in zip(_ROUTES, _FILLS, strict=True):
        if runs := sum(bucket.routes.get(route, 0) for bucket in buckets):
            word = "nobody" if route == NOBODY else route
            mark = coloured_route(getattr(glyphs, fill), route)
            parts.append(mark + Content(f" {word} {runs:,}"))
    return Content("   ").join(parts)


def coloured_route(text: str, route: str) -> Content:
    """Text in a route's colour."""
    known = route if route in _ROUTES[:-1] else "failed"
    return Content.styled(text, f"$route-{known}")


def latency_lines(found: Statistics, width: int, glyphs: Glyphs) -> list[Content]:
    """Seconds to the answer by route: half, nine of ten, almost all of the runs."""
    if not found.latencies:
        return [_soft("No run is done in this time.")]

    bar = max(min(width - 42, 24), 0)
    top = max(latency.p90 for latency in found.latencies)
    lines = [_soft(f"{'':10}{'runs':>6}{'p50':>8}{'p90':>8}{'p99':>8}")]
    for latency in found.latencies:
        numbers = "".join(
            f"{wording.seconds_of(value, glyphs):>8}"
            for value in (latency.p50, latency.p90, latency.p99)
        )
        name = one_line(latency.route, 9).ljust(10)
        share = latency.p90 / top if top else 0.0
        drawn = glyphs.full * round(share * bar)
        lines.append(
            coloured_route(name, latency.route)
            + Content(f"{latency.runs:>6,}{numbers}  ")
            + coloured_route(drawn, latency.route)
        )
    slow = "The bar is p90: nine of ten runs took no longer." if bar else ""
    return [*lines, Content(""), *([_soft(slow)] if slow else [])]


def reason_lines(
    reasons: Sequence[ReasonCount], width: int, most: int, glyphs: Glyphs
) -> list[Content]:
    """Reasons with how often they were given, as bars."""
    top = max((one.runs for one in reasons), default=0)
    name = min(26, max(width // 2, 10))
    bar = max(width - name - 8, 4)
    lines = [
        Content(wording.spoken(one.reason)[: name - 1].ljust(name))
        + Content.styled(glyphs.full * max(round(one.runs / top * bar), 1), "$bar-fill")
        + Content(f" {one.runs:,}")
        for one in reasons[:most]
    ]
    if len(reasons) > most:
        rest = sum(one.runs for one in reasons[most:])
        lines.append(_soft(f"{'others'.ljust(name)}{rest:,}"))
    return lines


def why_lines(
    found: Statistics, width: int, height: int, glyphs: Glyphs
) -> list[Content]:
    """Why runs left this machine, and why runs failed."""
    most = max((height - 5) // 2, 1)
    lines: list[Content] = []
    for title, reasons in (
        (f"left this machine {found.escalated:,}", found.escalations),
        (f"failed or declined {sum(r.runs for r in found.failures):,}", found.failures),
    ):
        lines.append(Content.styled(title, "bold $text-soft"))
        lines += reason_lines(reasons, width, most, glyphs) or [_soft("none")]
        lines.append(Content(""))
    return lines[:-1]


def confidence_lines(
    found: Statistics, threshold: float, width: int, glyphs: Glyphs
) -> list[Content]:
    """Confidence against outcome: what came of the answers trusted by so much."""
    bands = [band for band in reversed(found.confidence) if band.runs]
    if not bands:
        return [_soft("No answer of the local model was scored in this time.")]

    bar = max(min(width - 48, 16), 0)
    top = max(band.runs for band in bands)
    dash = wording.dash(glyphs)
    lines = [_soft(f"{'trusted':10}{'runs':>6}{'kept':>7}{'checks ok':>11}{'left':>7}")]
    for band in bands:
        passed = f"{band.passed / band.judged:.0%}" if band.judged else dash
        figures = f"{band.runs:>6,}{band.done_locally:>7,}{passed:>11}"
        drawn = glyphs.full * round(band.runs / top * bar)
        low = f"{band.low:.1f}{dash}{band.high:.1f}".ljust(10)
        lines.append(
            Content(f"{low}{figures}{band.escalated:>7,}  ")
            + Content.styled(drawn, "$bar-fill")
        )
    told = f"Answers below {threshold:.2f} are not kept."
    return [*lines, Content(""), _soft(told)]


def _soft(text: str) -> Content:
    return Content.styled(text, "$text-soft")
