"""Every key that works now: the key, its word, what it does, and its id."""

import textwrap
from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from mux_tui.tui.keys_here import KeyHere

_KEY = 12
_WORD = 15
_ID = 24
_ONE_LINE = 92
"""Columns from which on everything about a key stands side by side."""


class KeyTable(Widget):
    """Keys under headings; more lines when it is narrow."""

    DEFAULT_CSS = "KeyTable { height: auto; width: 1fr; }"

    def __init__(
        self,
        sections: Sequence[tuple[str, Sequence[KeyHere]]],
        fixed: Sequence[KeyHere] = (),
    ) -> None:
        """Make one.

        Args:
            sections: Headings, and the keys under each; empty ones are left out.
            fixed: Keys that cannot be changed, told in a few lines at the end.
        """
        super().__init__()
        self._sections = sections
        self._fixed = fixed

    def render(self) -> Content:
        """All of it, for the width there is."""
        return Content("\n").join(self._lines(self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as that width needs."""
        return sum(1 for _ in self._lines(width))

    def _lines(self, width: int) -> Iterator[Content]:
        for heading, keys in self._sections:
            if keys:
                yield Content.styled(heading, "bold $primary")
                for key in keys:
                    yield from entry(key, width)
                yield Content("")
        if self._fixed:
            yield Content.styled("Fixed keys", "bold $primary")
            told = ", ".join(
                f"{' '.join(key.keys)} {key.sentence.lower()}" for key in self._fixed
            )
            yield from map(Content, textwrap.wrap(told, max(width, _KEY)))
            yield Content("")


def entry(key: KeyHere, width: int) -> Iterator[Content]:
    """The lines of one key: side by side, or the sentence below."""
    names = " ".join(key.keys)
    first = Content.styled(f"{names:{_KEY - 1}} ", "bold $text-key")
    label = Content.styled(key.id, "$text-soft")
    if width >= _ONE_LINE:
        room = width - _KEY - _WORD - _ID
        told = textwrap.wrap(key.sentence, room - 1) or [""]
        yield first + Content(f"{key.word:{_WORD}}{told[0]:{room}}") + label
        rest, indent = told[1:], _KEY + _WORD
    else:
        yield first + Content(f"{key.word:{max(width - _KEY - _ID, _WORD)}}") + label
        rest, indent = textwrap.wrap(key.sentence, max(width - _KEY, _KEY)), _KEY
    for line in rest:
        yield Content(" " * indent + line)
