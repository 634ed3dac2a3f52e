"""Text that arrives faster than anybody types: pasted into a terminal, or into a pane
of one, that knows no bracketed paste and types what was pasted as keys.

Such text is put into a text field at once, and its line ends are line ends. Where no
text field has the focus it is the keys that it came as.
"""

import re
from typing import NamedTuple

from textual.message import Message

_LEAST = 24
"""Characters that arrive together and are taken for a paste; a line end with more
behind it is enough."""

_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_INNER_END = re.compile(r"[\r\n](?=[^\r\n])")
_STARTS, _ENDS = "\x1b[200~", "\x1b[201~"
_CUT = 32
"""Characters behind an escape that may still belong to it."""


class Typed(Message):
    """Text came all at once, as keys."""

    def __init__(self, raw: str) -> None:
        """Tell of it; `raw` is what the terminal sent."""
        super().__init__()
        self.raw = raw

    @property
    def text(self) -> str:
        """With `\\n` at the end of each line."""
        return self.raw.replace("\r\n", "\n").replace("\r", "\n")


class Arrived(NamedTuple):
    """What was read together, in its parts."""

    text: str
    """What goes into a text field at once; empty: nothing."""

    keys: str
    """What is keys, behind that."""


class Typing:
    """Tells text from keys in what a terminal sends, read by read."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._tail = ""
        self._pasting = False

    def looks_pasted(self, read: str) -> bool:
        """Whether this is a paste, or its beginning; not one that has brackets."""
        if self._pasting or "\x1b" in self._tail or not _TEXT.fullmatch(read):
            return False

        return len(read) >= _LEAST or bool(_INNER_END.search(read))

    def took(self, read: str) -> None:
        """Note what was read, whatever it was."""
        seen = self._tail + read
        self._pasting = (
            seen.rfind(_STARTS) > seen.rfind(_ENDS)
            if _STARTS in seen or _ENDS in seen
            else self._pasting
        )
        self._tail = seen[-_CUT:]


def parted(read: str) -> Arrived:
    """The text of a paste, and the key behind it.

    An `enter` behind one line is the key that sends it. Behind several lines it is most
    likely the end of the last one.
    """
    if read.endswith("\r") and not re.search(r"[\r\n]", read[:-1]):
        return Arrived(read[:-1], "\r")

    return Arrived(read, "")
