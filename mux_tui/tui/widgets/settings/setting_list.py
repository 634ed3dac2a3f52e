"""The settings of one table, or those that were looked for: one cursor, many lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, getters, on
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.options import Options
from mux_tui.tui.widgets.settings.drawing import drawn
from mux_tui.tui.widgets.settings.facts import Fact


class SettingList(Options):
    """Shows facts; what a key means for one of them is told to the screen."""

    HELP = """
## Settings

Each setting with its value, where the value comes from, and what it means.

- `enter` changes it: a switch flips, a choice goes on, anything else is typed
- `left` and `right` go to the value before and after
- `u` takes back the newest change that is not saved yet
- `D` goes back to the default: the line leaves your file
- `d` shows what will change in the file, `^s` saves it; remarks in it stay
- `o` opens the file in your editor

A value that a variable or a flag gives is locked: the file would change nothing.
"""

    app = getters.app(Host)

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "enter,space",
            "select",
            "change",
            "Change the setting",
            id="settings.change",
        ),
        key(
            "right",
            "step(1)",
            "next value",
            "Take the next value",
            id="settings.next",
            show=False,
        ),
        key(
            "left",
            "step(-1)",
            "value before",
            "Take the value before",
            id="settings.before",
            show=False,
        ),
        key("j", "cursor_down", "down", "Go down", id="settings.down", show=False),
        key("k", "cursor_up", "up", "Go up", id="settings.up", show=False),
        key("g", "first", "first", "Go to the first", id="settings.first", show=False),
        key("G", "last", "last", "Go to the last", id="settings.last", show=False),
    ]

    jump_letter = "v"

    @dataclass
    class Chosen(Message):
        """A setting is to be changed."""

        name: str

    @dataclass
    class Stepped(Message):
        """The value beside the present one is wanted."""

        name: str
        step: int

    @dataclass
    class Reached(Message):
        """The cursor is on a setting."""

        name: str

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="setting-list")
        self.facts: dict[str, Fact] = {}
        """Those that are shown, by name."""

        self._effects: Mapping[str, str] = {}
        self._words: Mapping[str, tuple[str, ...]] = {}
        self._full_names = False

    @property
    def at(self) -> Fact | None:
        """The setting under the cursor."""
        option = self.highlighted_option
        return self.facts.get(option.id or "") if option else None

    def show(
        self,
        facts: Sequence[Fact],
        *,
        full_names: bool = False,
        words: Mapping[str, tuple[str, ...]] | None = None,
        effects: Mapping[str, str] | None = None,
    ) -> None:
        """Show these settings; the cursor stays on its setting if it is among them.

        Args:
            facts: What to show.
            full_names: Whether the tables are named as well.
            words: For settings that allow anything, what may be chosen.
            effects: For some settings, what their value would have done.
        """
        same = [*self.facts] == [fact.name for fact in facts]
        self.facts = {fact.name: fact for fact in facts}
        self._words, self._effects = words or {}, effects or {}
        self._full_names = full_names
        self._draw(same)

    def go_to(self, name: str) -> None:
        """Put the cursor on a setting that is shown."""
        if name in self.facts:
            self.highlighted = self.get_option_index(name)

    def on_mount(self) -> None:
        """Draw anew also when the scroll bar comes or goes: that is no new size."""
        self.watch(self, "show_vertical_scrollbar", self._bar_changed, init=False)

    def _bar_changed(self) -> None:
        self.call_after_refresh(self._draw, True)

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew: lines are broken to the width."""
        self._draw(same=True)

    def on_click(self, event: events.Click) -> None:
        """The first click goes to a setting; only the second one changes it."""
        place = event.style.meta.get("option")
        if place is not None and place != self.highlighted:
            event.prevent_default()
            self.highlighted = place

    def _draw(self, same: bool) -> None:
        width = self.scrollable_content_region.width - 1
        if width < 1:
            return
        prompts = {
            name: drawn(
                fact,
                self.app.glyphs,
                width,
                full_name=self._full_names,
                words=self._words.get(name, ()),
                effect=self._effects.get(name, ""),
            )
            for name, fact in self.facts.items()
        }
        if same and self.option_count == len(prompts):
            for name, prompt in prompts.items():
                self.replace_option_prompt(name, prompt)
            return

        at = self.at
        self.set_options([Option(p, id=name) for name, p in prompts.items()])
        if prompts:
            before = at.name if at and at.name in prompts else next(iter(prompts))
            self.highlighted = self.get_option_index(before)

    def action_step(self, step: int) -> None:
        """Ask for the value beside the present one."""
        if fact := self.at:
            self.post_message(self.Stepped(fact.name, step))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id:
            self.post_message(self.Chosen(event.option_id))

    @on(OptionList.OptionHighlighted)
    def _reached(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_id:
            self.post_message(self.Reached(event.option_id))
