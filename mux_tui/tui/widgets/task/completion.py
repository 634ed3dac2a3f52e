"""The list of file names below the task, while one is being typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mux_tui.tui.safe import plain
from mux_tui.tui.widgets.options import Options

MOST = 8


class Completion(Options, can_focus=False, inherit_bindings=False):
    """Names to choose from; the entry keeps the focus and moves the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = []

    @dataclass
    class Picked(Message):
        """A name was clicked."""

        name: str

    def __init__(self) -> None:
        """Make it, hidden."""
        super().__init__(id="completion", markup=False)
        self.display = False
        self._names: Sequence[str] = ()

    @property
    def open(self) -> bool:
        """Whether there is something to choose from."""
        return bool(self.display)

    @property
    def chosen(self) -> str:
        """The name under the cursor; empty: none."""
        index = self.highlighted
        known = index is not None and index < len(self._names)
        return self._names[index] if known and index is not None else ""

    def offer(self, names: Sequence[str], at: Offset) -> None:
        """Offer names, below the place `at` on the screen; none: close."""
        self._names = names[:MOST]
        self.display = bool(names)
        self.absolute_offset = at
        self.clear_options()
        self.add_options(Option(_shown(name)) for name in self._names)
        self.highlighted = 0 if names else None

    def close(self) -> None:
        """Offer nothing any more."""
        self.display = False

    def move(self, by: int) -> None:
        """Move the cursor, around the ends."""
        if self._names:
            self.highlighted = ((self.highlighted or 0) + by) % len(self._names)

    def on_option_list_option_selected(
        self, message: OptionList.OptionSelected
    ) -> None:
        """A click chooses."""
        message.stop()
        self.post_message(self.Picked(self._names[message.option_index]))


def _shown(name: str) -> Content:
    """The end of a long name says more than its beginning."""
    return plain(name, 300) if len(name) <= 60 else plain(f"…{name[-59:]}")
