"""A list to choose from that takes a key at any time.

Textual's counts lines for the page keys, and has none before it is laid out or while it
has no room, as in a terminal that is very small just now.
"""

from typing import Literal

from textual.widgets import OptionList


class Options(OptionList):
    """Textual's list of options; page keys wait for its layout."""

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)
