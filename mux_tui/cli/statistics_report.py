"""Statistics of runs as text: a few facts and small tables."""

from typing import TYPE_CHECKING

from mux_tui.cli.output import Output
from mux_tui.cli.run_report import number, when
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.ledger.saving import Saving
    from mux_tui.core.ledger.statistics import (
        Band,
        Day,
        ReasonCount,
        Share,
        Statistics,
    )

_SHARES = 10
"""Models, and repositories, shown; JSON has all of them."""

_SHARE_HEADER = (
    *("runs", "done", "local", "escalated", "p50", "p90", "cost", "good", "bad"),
)

_DAYS = 14
"""Days shown, the newest ones; JSON has all of them."""


def show_statistics(
    found: "Statistics", saved: "Saving", target: float, output: Output
) -> None:
    """Write what runs add up to; there is at least one.

    Args:
        found: What they add up to.
        saved: What those of the local model have saved.
        target: The share of file work that this machine should do.
        output: Where to.
    """
    for name, value in (
        *_facts(found),
        *_saved(saved),
        *_labels(found),
        *_file_work(found, target),
        *_replays(found),
    ):
        output.paragraph(f"{name:11} {value}", " " * 12)
    output.line()
    routes = sorted({route for day in found.days for route in day.routes})
    days = [_day(day, routes) for day in found.days[-_DAYS:]]
    shown = [one_line(route, 20) for route in routes]
    output.table(days, ("day", *shown, "seconds", "cost"))
    if found.latencies:
        output.line()
        rows = [
            (
                one_line(latency.route, 20),
                str(latency.runs),
                *(
                    number(value, 1)
                    for value in (latency.p50, latency.p90, latency.p99)
                ),
            )
            for latency in found.latencies
        ]
        output.table(rows, ("seconds by route", "runs", "p50", "p90", "p99"))
    for title, shares in (
        ("model", found.models),
        ("repository", found.repositories),
    ):
        output.line()
        rows = [_share(share) for share in shares[:_SHARES]]
        output.table(rows, (title, *_SHARE_HEADER))
    for title, reasons in (
        ("why they left this machine", found.escalations),
        ("why they failed", found.failures),
    ):
        if reasons:
            output.line()
            output.table(_reasons(reasons), (title, "runs"))
    bands = [_band(band) for band in reversed(found.confidence) if band.runs]
    if bands:
        header = ("confidence", "runs", "local", "verified", "escalated")
        output.line()
        output.table(bands, header)


def _facts(found: "Statistics") -> tuple[tuple[str, str], ...]:
    runs = f"{found.runs:,}"
    if not found.complete:
        runs = f"the newest {runs} of those that match; older ones are left out"
    share = "-" if found.local_share is None else f"{found.local_share:.0%}"
    span = " to ".join(when(at) for at in (found.first_at, found.last_at) if at)
    return (
        ("runs", runs),
        ("when", span),
        ("done", f"{found.done:,}, {share} of them on this machine"),
        ("escalated", f"{found.escalated:,}"),
        ("tokens", f"{found.tokens:,}"),
        ("cost", f"${found.cost_usd:.2f}"),
    )


def _labels(found: "Statistics") -> tuple[tuple[str, str], ...]:
    if not found.labels:
        return ()

    counts = (f"{count:,} {one_line(name)}" for name, count in found.labels.items())
    return (("labels", ", ".join(counts)),)


def _file_work(found: "Statistics", target: float) -> tuple[tuple[str, str], ...]:
    if found.local_implementation_ratio is None:
        return ()

    share = f"{found.local_implementation_ratio:.0%} of it on this machine"
    return (("file work", f"{found.file_work:,} done, {share} (target {target:.0%})"),)


def _replays(found: "Statistics") -> tuple[tuple[str, str], ...]:
    if not found.replays:
        return ()

    told = f"{found.replays:,} more, not counted here (${found.replays_cost_usd:.2f})"
    return (("replays", told),)


def _day(day: "Day", routes: list[str]) -> tuple[str, ...]:
    counts = (str(day.routes.get(route, 0)) for route in routes)
    return day.date, *counts, number(day.seconds, 1), f"${day.cost_usd:.2f}"


def _share(share: "Share") -> tuple[str, ...]:
    return (
        one_line(share.name, 40),
        *map(str, (share.runs, share.done, share.done_locally, share.escalated)),
        number(share.seconds_p50, 1),
        number(share.seconds_p90, 1),
        f"${share.cost_usd:.2f}",
        *map(str, (share.good, share.bad)),
    )


def _saved(saved: "Saving") -> tuple[tuple[str, str], ...]:
    lines: list[str] = []
    if saved.runs:
        left_out = f", {saved.uncounted:,} without" if saved.uncounted else ""
        runs = f"{saved.runs:,} local runs with counted tokens{left_out}"
        lines.append(f"${saved.saved_usd:.2f} against {one_line(saved.baseline, 300)}")
        lines[-1] += f" ({runs})"
    if saved.mean_cloud_usd is not None and saved.saved_by_mean_usd is not None:
        lines.append(
            f"${saved.saved_by_mean_usd:.2f} if each local run had cost"
            f" ${saved.mean_cloud_usd:.4f}, the mean of {saved.cloud_runs:,} cloud runs"
        )
    return tuple(("saved", line) for line in lines)


def _reasons(reasons: "tuple[ReasonCount, ...]") -> list[tuple[str, ...]]:
    return [(one_line(one.reason, 60), str(one.runs)) for one in reasons]


def _band(band: "Band") -> tuple[str, ...]:
    verified = f"{band.passed / band.judged:.0%}" if band.judged else "-"
    return (
        f"{band.low:.1f}-{band.high:.1f}",
        str(band.runs),
        str(band.done_locally),
        verified,
        str(band.escalated),
    )
