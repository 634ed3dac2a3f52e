"""The charts of the ledger, side by side: what runs were like, and what they cost."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mux_tui.core.ledger.saving import Saving
from mux_tui.core.ledger.statistics import Statistics
from mux_tui.core.text import one_line
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.ledger.charts import (
    confidence_lines,
    latency_lines,
    route_lines,
    why_lines,
)
from mux_tui.tui.widgets.ledger.saved import saved_lines, share_lines

Range = Literal["7d", "30d", "90d", "all"]
RANGES: tuple[Range, ...] = get_args(Range)

_NOTHING = Saving("", 0.0, 0, 0, None, 0, None)

Draw = Callable[[Statistics, int, int], list[Content]]
"""Lines for a width and a height."""


class Chart(Static):
    """One chart; it draws itself for the room it has."""

    def __init__(self, title: str, draw: Draw) -> None:
        """Make an empty one.

        Args:
            title: In its frame.
            draw: Makes its lines.
        """
        super().__init__(classes="pane chart")
        self.border_title = title
        self._picture = draw
        self._found: Statistics | None = None

    def show(self, found: Statistics | None) -> None:
        """Show statistics; None: they are being added up."""
        self._found = found
        self.redraw()

    def redraw(self) -> None:
        """Draw for the room of now."""
        width, height = self.size
        if self._found is None:
            self.update(Content.styled("adding up", "$text-soft"))
        elif width and height:
            lines = self._picture(self._found, width, height)
            self.update(Content("\n").join(lines))

    def on_resize(self) -> None:
        """There is more room, or less."""
        self.redraw()


class ChartPanes(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Runs by route, seconds, reasons, and confidence against outcome; or savings."""

    app = getters.app(Host)
    HELP = """
## Charts

What the runs of the query add up to: at most the newest 20,000 of them. `left` and
`right` change the time, `b` shows days or weeks, `esc` goes back to the list.

`v` shows what they cost, what the local ones have saved, and the same by model and by
repository. A saving is no fact: what it is compared with stands beside it
(`ledger.baseline_model` and its prices). The same numbers: `mux ledger stats QUERY`.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        key("left", "range(-1)", "shorter", "A shorter time", id="charts.less"),
        key("right", "range(1)", "longer", "A longer time", id="charts.more"),
        key("b", "weekly", "day/week", "A bar for each day, or week", id="charts.by"),
        key(
            "v",
            "savings",
            "savings",
            "What was spent and saved, by model and repository; or the charts again",
            id="charts.savings",
        ),
        *(
            key(keys, action, word, sentence, id=f"charts.{id}", show=False)
            for keys, action, word, sentence, id in (
                ("k,up", "scroll_up", "up", "Scroll up", "up"),
                ("j,down", "scroll_down", "down", "Scroll down", "down"),
                ("pageup", "page_up", "page up", "A page up", "page_up"),
                ("pagedown", "page_down", "page down", "A page down", "page_down"),
            )
        ),
    ]

    @dataclass
    class Wanted(Message):
        """Another time is to be looked at, or in other steps."""

    def __init__(self) -> None:
        """Make empty ones for the last seven days."""
        super().__init__(id="charts")
        self.range: Range = "7d"
        self.weekly = False
        self.found: Statistics | None = None
        self.saved = _NOTHING
        self._asked = ""

    def compose(self) -> ComposeResult:
        """A line that says of what, and two pages of charts."""
        glyphs, settings = self.app.glyphs, self.app.desk.settings
        target = settings.workflow.target_local_ratio
        yield Static(id="charts-of")
        with Container(id="charts-grid", classes="charts-page"):
            with Horizontal():
                yield Chart(
                    "Runs by route",
                    lambda f, w, h: route_lines(f, self.weekly, w, h, glyphs),
                )
                yield Chart(
                    "Seconds to the answer", lambda f, w, h: latency_lines(f, w, glyphs)
                )
            with Horizontal():
                yield Chart(
                    "Confidence against outcome",
                    lambda f, w, h: confidence_lines(
                        f, settings.router.min_confidence, w, glyphs
                    ),
                )
                yield Chart("Reasons", lambda f, w, h: why_lines(f, w, h, glyphs))
        with Container(id="saved-grid", classes="charts-page"):
            yield Chart(
                "Done here, spent, saved",
                lambda f, w, h: saved_lines(f, self.saved, target, w, glyphs),
            )
            with Horizontal():
                yield Chart(
                    "By model",
                    lambda f, w, h: share_lines(f.models, "model", w, h, glyphs),
                )
                yield Chart(
                    "By repository",
                    lambda f, w, h: share_lines(
                        f.repositories, "repository", w, h, glyphs
                    ),
                )

    def on_mount(self) -> None:
        """Nothing is added up yet."""
        self.show(None)

    def show(
        self,
        found: Statistics | None,
        query: str = "",
        saved: Saving | None = None,
    ) -> None:
        """Show statistics; None: they are being added up.

        Args:
            found: Of the time that is chosen.
            query: What was asked; may be foreign text.
            saved: What these runs have saved; None: as it was told last.
        """
        self.found, self._asked = found, query
        self.saved = saved or self.saved
        self.query_one("#charts-of", Static).update(self._of(found, query))
        for chart in self.query(Chart):
            chart.show(found)

    def _of(self, found: Statistics | None, query: str) -> Content:
        glyphs = self.app.glyphs
        line = Content.styled("range ", "$text-soft") + Content(" ").join(
            _choice(one, one == self.range) for one in RANGES
        )
        if not self.has_class("-saved"):
            line += Content.styled("   by ", "$text-soft") + Content(" ").join(
                (_choice("day", not self.weekly), _choice("week", self.weekly))
            )
        if found is not None:
            part = f"   {found.runs:,} runs"
            if not found.complete:
                part += ", the newest of more"
            share = found.local_share
            if share is not None:
                part += f" {glyphs.dot} {share:.0%} of those done are local"
            line += Content(f"{part} {glyphs.dot} ${found.cost_usd:.2f}")
        if query:
            line += Content.styled(f"   {one_line(query, 60)}", "$text-soft")
        return line

    def action_savings(self) -> None:
        """Show what was spent and saved, or the charts again."""
        self.toggle_class("-saved")
        self.show(self.found, self._asked)
        self.refresh_bindings()
        self.scroll_home(animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Days and weeks are bars of the first page."""
        return not (action == "weekly" and self.has_class("-saved"))

    def action_weekly(self) -> None:
        """Change between days and weeks."""
        self.weekly = not self.weekly
        self.post_message(self.Wanted())

    def action_range(self, by: int) -> None:
        """Look at a longer or a shorter time."""
        place = min(max(RANGES.index(self.range) + by, 0), len(RANGES) - 1)
        if RANGES[place] != self.range:
            self.range = RANGES[place]
            self.post_message(self.Wanted())


def _choice(word: str, chosen: bool) -> Content:
    if chosen:
        return Content.styled(f"[{word}]", "bold $text-key")
    return Content.styled(f" {word} ", "$text-soft")
