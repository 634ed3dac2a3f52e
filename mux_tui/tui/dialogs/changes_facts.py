"""All that is to be known of changes, to scroll through."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.text import printable
from mux_tui.tui.dialogs.scroll import WindowScroll
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.changes.facts import Section

_COLOURS = {"fail": "$mark-fail", "warn": "$mark-warn", "soft": ""}
_LONGEST = 4_000
"""Characters of one fact that are shown."""


class FactsWindow(Window[None]):
    """Everything, in full."""

    HELP = """
What is to be known of these changes: paths that may not be changed, edits that were
placed by likeness, what a review found, commands that the model proposes (mux runs none
of them), files left behind, and every check of the proof.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "question_mark,enter",
            "close",
            "close",
            "Close this window",
            id="facts.close",
            show=False,
        ),
    ]

    def __init__(self, sections: Sequence[Section]) -> None:
        """Show these."""
        super().__init__("What is to be known")
        self.sections = sections

    def compose_content(self) -> ComposeResult:
        """All sections."""
        with WindowScroll():
            yield Static(Content("\n").join(self._lines()))

    def on_mount(self) -> None:
        """Let keys scroll."""
        self.query_one(WindowScroll).focus()

    def _lines(self) -> Iterator[Content]:
        for number, section in enumerate(self.sections):
            if number:
                yield Content("")
            yield Content.styled(section.title, "bold $text-soft")
            for line in section.lines:
                text = f"  {printable(line[:_LONGEST])}"
                yield Content.styled(text, _COLOURS[section.kind])
