"""The text that came in, kept to be copied and saved, up to a limit."""

from io import StringIO


class Kept:
    """All answers, and the one that was given last."""

    def __init__(self, limit: int) -> None:
        """Keep nothing yet.

        Args:
            limit: Bytes; what comes after them is not kept.
        """
        self.complete = True
        """Nothing had to be left out."""

        self._limit = limit
        self._size = 0
        self._text = StringIO()
        self._from = 0

    @property
    def text(self) -> str:
        """All that is kept."""
        return self._text.getvalue()

    @property
    def last(self) -> str:
        """What is kept since `mark`; if that is nothing: all."""
        text = self.text
        return text[self._from :] or text

    def add(self, text: str) -> None:
        """Keep more."""
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        if not self.complete or self._size + size > self._limit:
            self.complete = False
            return

        self._size += size
        self._text.write(text)

    def mark(self) -> None:
        """Another answer begins here."""
        self._from = self._text.tell()
