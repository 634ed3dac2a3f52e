"""What saving will change in the file, line by line."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.config.changes import Plan
from mux_tui.core.text import printable
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key

_STYLES = {
    "+": "$diff-added on $diff-added-ground",
    "-": "$diff-removed on $diff-removed-ground",
    "@": "$diff-hunk",
}


class ChangesWindow(Window[bool]):
    """Shows a plan; closed with True when it is to be saved."""

    HELP = """
What saving would change in your settings file, line by line. `ctrl+s` saves it, `esc`
goes back; the changes stay unsaved then.
"""
    DEFAULT_CSS = """
    ChangesWindow {
        #changes { width: auto; max-width: 100%; height: auto; max-height: 1fr; }
        #changes > Static { width: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("ctrl+s", "save", "save", "Save these changes", id="changes.save"),
    ]

    def __init__(self, plan: Plan, file: str) -> None:
        """Show what this plan changes; `file` is how its file is called."""
        super().__init__(f"Changes to {file}")
        self.plan = plan

    def compose_content(self) -> ComposeResult:
        """The changed lines, each with its sign."""
        with VerticalScroll(id="changes"):
            yield Static(self._lines())

    def _lines(self) -> Content:
        lines = self.plan.lines()
        if not lines:
            return Content.styled("The file says all of it already.", "$text-soft")

        return Content("\n").join(
            Content.styled(printable(line), _STYLES.get(line[:1], "")) for line in lines
        )

    def action_save(self) -> None:
        """Close, to save."""
        self.dismiss(True)
