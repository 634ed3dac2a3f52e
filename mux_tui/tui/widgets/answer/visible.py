"""Foreign text as it may be painted: nothing hidden in it, nothing obeyed.

To what `core.text.printable` marks come the characters that have no width: a reader of
code or of a path has to see that they are there.
"""

import unicodedata

from mux_tui.core.text import printable

_KEPT = {0x200C, 0x200D}
"""The joiners, without which scripts and emoji fall apart."""


class _Marks(dict[int, str]):
    """What is painted for each character; learnt as they come, for all take 0.1 s."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        hidden = unicodedata.category(char) == "Cf" and code not in _KEPT
        # A soft hyphen is the first of them; ASCII has none.
        self[code] = f"<U+{code:04X}>" if hidden and code >= 0x80 else char
        return self[code]


_MARKS = _Marks()


def visible(text: str) -> str:
    """`text`, safe to paint, with its line ends and tabs; each mark can be read."""
    if text.isprintable():
        return text

    return printable(text).translate(_MARKS)
