"""Foreign text as it may be painted: nothing hidden in it, nothing obeyed.

To what `core.text.printable` marks come the characters that have no width: a reader of
code or of a path has to see that they are there.
"""

import sys
import unicodedata

from mux_tui.core.text import printable

_KEPT = {0x200C, 0x200D}
"""The joiners, without which scripts and emoji fall apart."""

_HIDDEN: dict[int, str] = {}


def visible(text: str) -> str:
    """`text`, safe to paint, with its line ends and tabs; each mark can be read."""
    if text.isprintable():
        return text

    return printable(text).translate(_hidden())


def _hidden() -> dict[int, str]:
    if not _HIDDEN:
        _HIDDEN.update(
            (code, f"<U+{code:04X}>")
            for code in range(0x80, sys.maxunicode + 1)
            if unicodedata.category(chr(code)) == "Cf" and code not in _KEPT
        )
    return _HIDDEN
