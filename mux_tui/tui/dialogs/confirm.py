"""A question with two answers."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.text import printable
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key


class Confirm(Window[bool]):
    """Yes or no; closing it is a no."""

    HELP = "A question: `y` does it, `n` and `esc` leave everything as it is."
    DEFAULT_CSS = "Confirm #confirm-text { width: auto; max-width: 72; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("y,enter", "answer(True)", "yes", "Yes, do it", id="confirm.yes"),
        key("n", "answer(False)", "no", "No, leave it", id="confirm.no"),
    ]

    def __init__(self, title: str, text: str) -> None:
        """Ask.

        Args:
            title: The question in a few words; may be foreign text.
            text: What happens on yes; may be foreign text of several lines.
        """
        super().__init__(title)
        self.text = text

    def compose_content(self) -> ComposeResult:
        """The text."""
        yield Static(Content(printable(self.text)), id="confirm-text")

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)

    def action_close(self) -> None:
        """Close; that is a no."""
        self.dismiss(False)
