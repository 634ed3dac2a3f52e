"""Where in an answer's text one is: in a code fence, in a quotation, in running text.

A call inside of a fence or of quotation marks is an example, and is not to be made.
"""

import re

_FENCE = re.compile(r"[ \t]{0,12}(?:[-*>] |\d{1,3}\. )?[ \t]{0,4}(`{3,}|~{3,})(.*)")
_MOST_LINE = 400


class Lines:
    """Follows the lines of a text."""

    def __init__(self) -> None:
        """Start a text."""
        self.fenced = False
        """Whether the current line stands inside of a fence."""

        self._fence = ""
        self._line = ""
        self._ticks = 0

    def advance(self, text: str) -> None:
        """Go on behind `text`."""
        if "\n" not in text:
            self._grow(text)
            return

        first, *whole, last = text.split("\n")
        self._grow(first)
        self._end()
        for line in whole:
            self._grow(line)
            self._end()
        self._grow(last)

    @property
    def at_line_start(self) -> bool:
        """Whether there is nothing but white space on the line so far."""
        return not self._line or self._line.isspace()

    @property
    def quoted(self) -> bool:
        """Whether what comes next stands in quotation marks or inline code."""
        return self._ticks % 2 == 1 or self._line[-1:] in ('"', "'")

    def _grow(self, text: str) -> None:
        if "`" in text:
            self._ticks += text.count("`")
        if len(self._line) > _MOST_LINE:
            # Only its beginning and its last character mean anything.
            self._line = self._line[:_MOST_LINE]
        self._line += text

    def _end(self) -> None:
        found = _FENCE.match(self._line)
        if found and not self.fenced:
            # Backticks behind backticks are inline code on a line of its own.
            self.fenced = not (found[1][0] == "`" and "`" in found[2])
            self._fence = found[1]
        elif found and found[1].startswith(self._fence) and not found[2].strip():
            self.fenced = False
        self._line = ""
        self._ticks = 0
