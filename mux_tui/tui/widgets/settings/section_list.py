"""The tables of settings, to choose one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.options import Options
from mux_tui.tui.widgets.settings.facts import Fact
from mux_tui.tui.widgets.settings.words import title_of


class SectionList(Options):
    """One line for each table; those with unsaved changes are marked."""

    HELP = """
## Sections

The tables of settings. `up` and `down` show one, `enter` or `tab` goes into it, `/`
looks for a setting in all of them. The number says how many of its settings differ
from their defaults.
"""

    app = getters.app(Host)

    BINDINGS: ClassVar[list[BindingType]] = [
        key("j", "cursor_down", "down", "Go down", id="sections.down", show=False),
        key("k", "cursor_up", "up", "Go up", id="sections.up", show=False),
    ]

    jump_letter = "t"

    @dataclass
    class Entered(Message):
        """A table is to be worked in."""

        section: str

    @dataclass
    class Reached(Message):
        """The cursor is on a table."""

        section: str

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="section-list", compact=True)

    @property
    def at(self) -> str:
        """The table under the cursor; empty: there is none yet."""
        option = self.highlighted_option
        return option.id or "" if option else ""

    def show(self, facts: Sequence[Fact]) -> None:
        """Show every table that these settings stand in."""
        changed = Counter(f.section for f in facts if f.origin.kind != "shipped")
        unsaved = {fact.section for fact in facts if fact.staged is not None}
        lines = {
            name: self._line(name, changed[name], name in unsaved)
            for name in dict.fromkeys(fact.section for fact in facts)
        }
        if self.option_count == len(lines):
            for name, line in lines.items():
                self.replace_option_prompt(name, line)
            return

        self.set_options([Option(line, id=name) for name, line in lines.items()])
        self.highlighted = 0

    def _line(self, name: str, changed: int, unsaved: bool) -> Content:
        glyphs = self.app.glyphs
        line = Content(title_of(name))
        if changed:
            line += Content.styled(f" {changed}", "$text-soft")
        if unsaved:
            line += Content.styled(f" {glyphs.warn}", "bold $mark-warn")
        return line

    @on(OptionList.OptionSelected)
    def _entered(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id:
            self.post_message(self.Entered(event.option_id))

    @on(OptionList.OptionHighlighted)
    def _reached(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_id:
            self.post_message(self.Reached(event.option_id))
