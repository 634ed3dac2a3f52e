"""Halves of characters, which some servers send one at a time.

JSON can write a character outside the basic plane as two escapes, and a server that
counts in UTF-16 can cut between them. One half alone cannot be encoded, neither for a
terminal nor for a database.
"""


class SurrogateJoiner:
    """Joins the halves of one text; a half that stays alone becomes U+FFFD."""

    def __init__(self) -> None:
        """Start a text."""
        self._held = ""

    def feed(self, piece: str) -> str:
        """Take the next piece, and return what is complete."""
        if not self._held and piece.isascii():
            return piece

        text = self._held + piece
        self._held = text[-1] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return _joined(text.removesuffix(self._held))

    def flush(self) -> str:
        """Say that the text has ended, and return what was held back."""
        held, self._held = self._held, ""
        return _joined(held)


def _joined(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        halves = text.encode("utf-16-le", "surrogatepass")
        return halves.decode("utf-16-le", "replace")

    return text
