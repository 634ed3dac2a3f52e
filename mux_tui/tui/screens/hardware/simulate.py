"""Asking for another machine: what would run there?"""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from mux_tui.core.errors import UsageError
from mux_tui.core.hardware.chips import Chip
from mux_tui.core.machine.capacity import parse_machine
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.safe import plain


class Simulate(Window[tuple[int, Chip | None]]):
    """A field for memory and chip; closing it changes nothing."""

    CSS = """
    Simulate .window { width: 60; }
    Simulate Input { margin: 1 0; }
    """

    def __init__(self) -> None:
        """Ask."""
        super().__init__("Another Mac")

    def compose_content(self) -> ComposeResult:
        """The field, and what may be written into it."""
        yield Static(Content("Its memory in GB, and its chip if speed is of interest:"))
        yield Input(placeholder="64, or 64 M4 Max", id="machine")
        yield Static(id="why", classes="fail")

    @on(Input.Submitted, "#machine")
    def _answered(self, event: Input.Submitted) -> None:
        try:
            self.dismiss(parse_machine(event.value))
        except UsageError as error:
            text = f"{error.why}. {error.next_step}"
            self.query_one("#why", Static).update(plain(text))
