"""The last days at a glance: beside the run that is chosen."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from textual import getters
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.ledger.statistics import Day, Statistics
from mux_tui.tui.host import Host
from mux_tui.tui.widgets.ledger import wording
from mux_tui.tui.widgets.ledger.charts import reason_lines

_DAYS = 8
"""Seven days touch eight dates."""

_MOST_DAYS = 10_000
"""A broken clock is no reason to draw for ages."""


class Glance(Static):
    """Local share, runs, seconds and cost, day by day; and why runs left."""

    app = getters.app(Host)

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="glance", classes="pane")
        self.border_title = "Last 7 days"
        self.border_subtitle = "c charts"
        self.found: Statistics | None = None

    def show(self, found: Statistics | None) -> None:
        """Show statistics of the last days; None: they are being added up."""
        self.found = found
        self._draw()

    def on_resize(self) -> None:
        """There is more room, or less."""
        self._draw()

    def _draw(self) -> None:
        found, glyphs = self.found, self.app.glyphs
        if found is None:
            self.update(Content.styled("adding up", "$text-soft"))
        elif not found.runs:
            self.update(Content.styled("No runs in this time.", "$text-soft"))
        else:
            room = self.size.height - 6
            lines = self._sparks(found)
            if found.escalations and room > 0:
                lines += [
                    Content(""),
                    Content.styled("why they left", "bold $text-soft"),
                    *reason_lines(
                        found.escalations, self.size.width, max(room - 1, 1), glyphs
                    ),
                ]
            self.update(Content("\n").join(lines))

    def _sparks(self, found: Statistics) -> list[Content]:
        glyphs = self.app.glyphs
        seconds = [latency.p50 for latency in found.latencies[:1]]
        share = found.local_share
        dash = wording.dash(glyphs)
        return [
            self._spark("local share", found.days, _local, 1.0)
            + Content(dash if share is None else f"{share:.0%}"),
            self._spark("runs a day", found.days, lambda day: day.runs)
            + Content(f"{found.days[-1].runs:,} the last"),
            self._spark("seconds", found.days, lambda day: day.seconds or 0.0)
            + Content(f"{seconds[0]:.1f} p50" if seconds else dash),
            self._spark("cost", found.days, lambda day: day.cost_usd)
            + Content(f"${found.cost_usd:.2f}"),
        ]

    def _spark(
        self,
        name: str,
        days: Sequence[Day],
        value: Callable[[Day], float],
        top: float | None = None,
    ) -> Content:
        values = [value(day) if day else 0.0 for day in without_gaps(days)]
        drawn = self.app.glyphs.spark(values[-_DAYS:], top)
        return (
            Content.styled(f"{name:12}", "$text-soft")
            + Content.styled(f"{drawn:8}", "$bar-fill")
            + Content(" ")
        )


def without_gaps(days: Sequence[Day]) -> list[Day | None]:
    """One day after the other; None: there were no runs on it."""
    known = {date.fromisoformat(day.date): day for day in days}
    first, last = min(known), max(known)
    return [
        known.get(first + timedelta(days=number))
        for number in range(min((last - first).days, _MOST_DAYS) + 1)
    ]


def _local(day: Day) -> float:
    return day.done_locally / day.done if day.done else 0.0
