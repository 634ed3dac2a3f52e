"""Long pasted text, kept beside the task and named in it by a mark.

A text field slows down with the length of its lines; a mark of a few words does not.
"""

import re

LONGEST = 4_000
"""Characters that are put into the field as they are."""

MOST_LINES = 60

_MARK = re.compile(r"\[pasted #(\d+): [\d,]+ lines?, [\d,]+ characters\]")


class Pastes:
    """What was pasted and is too long to be shown."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._texts: list[str] = []

    def keep(self, text: str) -> str:
        """Keep `text` if it is long; returns what stands for it in the field."""
        lines = text.count("\n") + 1
        if len(text) <= LONGEST and lines <= MOST_LINES:
            return text

        self._texts.append(text)
        many = "line" if lines == 1 else "lines"
        number = len(self._texts)
        return f"[pasted #{number}: {lines:,} {many}, {len(text):,} characters]"

    def expanded(self, text: str) -> str:
        """The text with what its marks stand for; marks of nothing stay."""
        return _MARK.sub(self._kept, text)

    def clear(self) -> None:
        """Forget everything."""
        self._texts.clear()

    def _kept(self, mark: re.Match[str]) -> str:
        number = int(mark[1])
        known = 1 <= number <= len(self._texts)
        return self._texts[number - 1] if known else mark[0]
