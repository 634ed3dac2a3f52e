"""One model in full, in a window of its own, where the screen is too low for it."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from mux_tui.tui.dialogs.window import Window


class Info(Window[None]):
    """Shows lines until it is closed."""

    CSS = """
    Info .window { width: 95%; overflow-y: auto; }
    """

    def __init__(self, title: str, lines: Sequence[Content]) -> None:
        """Show them.

        Args:
            title: In the frame.
            lines: What to show.
        """
        super().__init__(title)
        self.lines = lines

    def compose_content(self) -> ComposeResult:
        """The lines."""
        yield Static(Content("\n").join(self.lines))
