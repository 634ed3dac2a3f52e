"""A step that is read: text that scrolls when there is more of it than room."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mux_tui.tui.keys import key


class Page(VerticalScroll):
    """A box around text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "j",
            "scroll_down",
            "down",
            "Scroll down",
            id="setup.page_down",
            show=False,
        ),
        key("k", "scroll_up", "up", "Scroll up", id="setup.page_up", show=False),
    ]
    jump_letter: str = ""

    _shown: Content | None = None

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(classes="page-text")

    @property
    def room(self) -> int:
        """Columns that a line has."""
        return max(self.scrollable_content_region.width, 20)

    def show(self, text: Content) -> None:
        """Show this."""
        if self._shown is None or not self._shown.is_same(text):
            self._shown = text
            self.query_one(".page-text", Static).update(text)


class MachinePage(Page):
    """Step 1."""

    HELP = """
## 1 What is in this machine

What mux has found out, and where it was told. What it does not know it says, and it
never guesses. Servers that answer at their usual places can be taken in the next step.

`y` copies it as text, without paths and names; `r` looks again.
"""
    jump_letter = "m"


class DownloadPage(Page):
    """Step 3."""

    HELP = """
## 3 Download

How much will be fetched, to the byte, and whether the disk has room, before anything
is. `⏎` begins, `x` stops: what has come stays, and the next try goes on there.
"""
    jump_letter = "d"


class ServePage(Page):
    """Step 4."""

    HELP = """
## 4 Start the server and try it

The model is started and has to answer, before the settings name it. Then mux looks
whether it calls a tool, how fast it is, and whether it reads all that it is sent. Only
an answer counts; the rest is told, and keeps nobody from going on.
"""
    jump_letter = "t"


class SummaryPage(Page):
    """Step 6."""

    HELP = """
## 6 Write the configuration

Every file that changes, line by line, and every command that is run, with the one that
takes it back. Nothing has been written before; `⏎` writes it, `esc` writes nothing.
"""
    jump_letter = "w"
