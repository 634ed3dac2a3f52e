"""Choosing some of a few words, and their order."""

from collections.abc import Sequence
from typing import ClassVar

from textual import getters
from textual.binding import BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.options import Options


class OrderList(Options):
    """The chosen words first, in their order, then the others."""

    app = getters.app(Host)

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "space",
            "take_or_leave",
            "on or off",
            "Take the word, or not",
            id="order.toggle",
        ),
        key(
            "J,shift+down",
            "move(1)",
            "later",
            "Put the word behind the next one",
            id="order.later",
        ),
        key(
            "K,shift+up",
            "move(-1)",
            "sooner",
            "Put the word before the one above",
            id="order.sooner",
        ),
    ]

    def __init__(self, chosen: Sequence[str], words: Sequence[str]) -> None:
        """Show `words`, of which some are `chosen`."""
        super().__init__(compact=True)
        self.chosen = [word for word in chosen if word in words]
        """The words taken, in their order."""

        self._all = tuple(words)

    def on_mount(self) -> None:
        """Draw the words."""
        self._draw(0)

    def _words(self) -> list[str]:
        return [*self.chosen, *(word for word in self._all if word not in self.chosen)]

    def _draw(self, at: int) -> None:
        glyphs = self.app.glyphs
        options: list[Option] = []
        for number, word in enumerate(self._words(), 1):
            taken = word in self.chosen
            mark = f"{glyphs.on} {number}" if taken else f"{glyphs.off} -"
            style = "bold" if taken else "$text-soft"
            options.append(Option(Content.styled(f"{mark} {word}", style), id=word))
        self.set_options(options)
        self.highlighted = at

    def action_take_or_leave(self) -> None:
        """Take the word under the cursor, or leave it."""
        if (option := self.highlighted_option) is None or option.id is None:
            return
        if option.id in self.chosen:
            self.chosen.remove(option.id)
        else:
            self.chosen.append(option.id)
        self._draw(self._words().index(option.id))

    def action_move(self, step: int) -> None:
        """Move a chosen word among the chosen ones."""
        if (option := self.highlighted_option) is None or option.id not in self.chosen:
            return
        at = self.chosen.index(option.id)
        to = min(max(at + step, 0), len(self.chosen) - 1)
        self.chosen.insert(to, self.chosen.pop(at))
        self._draw(to)
