"""Lines that are drawn again and again: only what has changed costs something."""

from textual.content import Content
from textual.widgets import Static


class Drawn(Static):
    """Text whose lines are no longer than there is room."""

    _drawn: Content | None = None

    def show(self, text: Content) -> None:
        """Show this, laid out anew only if it has more or fewer lines than before."""
        before = self._drawn
        if before is not None and before.is_same(text):
            return
        self._drawn = text
        lines = text.plain.count("\n")
        self.update(text, layout=before is None or before.plain.count("\n") != lines)
