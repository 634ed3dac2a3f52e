"""The ledger's screen: its keys, and what they do with the runs that were found."""

from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from mux_tui.core.text import one_line
from mux_tui.tui.screens.ledger import saying
from mux_tui.tui.screens.ledger.bindings import BINDINGS
from mux_tui.tui.screens.ledger.repeats import Repeats


class LedgerScreen(Repeats):
    """Every task that was ever run."""

    CSS_PATH = "ledger.tcss"
    HELP = saying.HELP
    BINDINGS: ClassVar[list[BindingType]] = list(BINDINGS)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work now."""
        run = None if self.has_class("-charts") else self.pane.run
        if action in ("replay", "elsewhere", "copy_id"):
            return run is not None
        if action == "ask" and "take_back" in parameters:
            return run is not None and bool(run.applied)
        if action == "ask" and "label" in parameters:
            return run is not None
        if action == "save_filter":
            return bool(self.wanted.conditions)
        return True

    def action_filter(self) -> None:
        """Type what the runs must be."""
        self.remove_class("-opened")
        self.query_box.focus()

    def action_back(self) -> None:
        """Close one layer: charts, the open run, the query."""
        if self.has_class("-charts"):
            self._leave_charts()
        elif self.has_class("-opened"):
            self.remove_class("-opened")
        elif not self.query_box.has_focus and not self.pane.has_focus_within:
            self.query_box.value = ""
        self.runs.focus()

    def action_charts(self) -> None:
        """Show what the runs add up to, or the runs again."""
        if self.has_class("-charts"):
            self.action_back()
            return
        self.add_class("-charts")
        self.charts.focus()
        self._charts_wanted()

    def action_copy_id(self) -> None:
        """Copy the run's id."""
        if run := self.pane.run:
            self.app.copy_to_clipboard(one_line(run.run_id, 64))
            self.app.tell(f"Copied: {run.run_id}")

    # What only a key needs is imported with it: the list is there sooner.

    def action_replay(self) -> None:
        """Repeat the run: here, or in a copy to compare it."""
        self.action_ask("replay")

    def action_elsewhere(self) -> None:
        """Run the task again on another route."""
        self.action_ask("route")

    def action_filters(self) -> None:
        """Choose a filter, or throw one away."""
        self.action_ask("filter")

    def action_save_filter(self) -> None:
        """Keep the query under a name."""
        self.action_ask("name")

    def action_ask(self, about: str) -> None:
        """Ask what is needed for something, and do it."""
        from mux_tui.tui.screens.ledger.asking import ASKED

        self.run_worker(
            partial(ASKED[about], self),
            group="ask",
            exclusive=True,
            exit_on_error=False,
        )
