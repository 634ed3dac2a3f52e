"""One finding at length."""

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.doctor.check import Check, Report
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.safe import plain
from mux_tui.tui.screens.doctor.wording import detail, name_of


class Detail(VerticalScroll):
    """What was seen, what was expected, and what each fix does."""

    HELP = """
## Detail

What was seen, and what each way to mend it would do. `esc` goes back to the list.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "escape",
            "screen.list",
            "back",
            "Go back to the list of findings",
            id="doctor.back",
        ),
    ]
    app = getters.app(Host)
    jump_letter = "d"
    text = getters.query_one("#detail-text", Static)

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="detail", classes="pane")
        self.border_title = "Detail"

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="detail-text")

    def show(self, check: Check | None, report: Report) -> None:
        """Show a finding."""
        if check is None:
            self.clear()
            return
        glyphs = self.app.glyphs
        title = Content(f"Detail {glyphs.dot} ") + plain(name_of(check), 40)
        self.border_title = title  # pyright: ignore[reportAttributeAccessIssue]
        self.text.update(detail(check, report, glyphs))
        self.scroll_home(animate=False)

    def clear(self) -> None:
        """Show nothing."""
        self.border_title = "Detail"
        self.text.update(Content())
