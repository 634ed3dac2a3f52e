"""A file's text as lines, and where a run of them or a part of one stands."""

from collections.abc import Sequence
from itertools import accumulate

_MOST_PLACES = 1000
_MOST_FOUND = 6
_MOST_OCCURRENCES = 20_000


class FileLines:
    """A text cut at its newlines; a carriage return before one is its line's."""

    def __init__(self, text: str) -> None:
        """Cut a text."""
        self.text = text
        self.lines = text.split("\n")
        self.ended = not self.lines[-1]
        """Its last line has a newline."""

        if self.ended:
            self.lines.pop()
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        """Where each line begins, and behind them the text's end."""

        self.starts[-1] = len(text)
        self.crlf = text.count("\r\n") * 2 > text.count("\n")
        """Most of its lines end so."""

        self.bare = [line.removesuffix("\r") for line in self.lines]
        """Its lines without a carriage return at their end."""

    def places_of(self, lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
        """Where a run of lines stands among `lines`, as indices of its first line."""
        whole = "\n".join(("", *lines, ""))
        needle = "\n".join(("", *wanted, ""))
        found: list[int] = []
        number = at = 0
        place = whole.find(needle)
        while place >= 0 and len(found) < _MOST_PLACES:
            number += whole.count("\n", at, place)
            found.append(number)
            at = place
            place = whole.find(needle, place + 1)

        return found

    def places_within(self, wanted: str) -> list[int]:
        """Where a text stands without cutting a word, as characters; at most six.

        What stands almost everywhere counts wherever it stands.
        """
        found: list[int] = []
        seen = 0
        place = self.text.find(wanted)
        while place >= 0 and len(found) < _MOST_FOUND:
            seen += 1
            whole = not self._joins(place) and not self._joins(place + len(wanted))
            if whole or seen > _MOST_OCCURRENCES:
                found.append(place)
            place = self.text.find(wanted, place + 1)

        return found

    def blanks_before(self, place: int) -> str:
        """The blanks from a line's beginning to a place, if nothing else is there."""
        before = self.text[self.text.rfind("\n", 0, place) + 1 : place]
        return "" if before.strip(" \t") else before

    def taken(self, start: int, end: int) -> list[str]:
        """Lines as they stand, in one piece; a last one without an end gets one."""
        if end <= start:
            return []

        text = self.text[self.starts[start] : self.starts[end]]
        missing = end == len(self.lines) and not self.ended
        newline = "\r\n" if self.crlf else "\n"
        return [text + newline if missing else text]

    def ends_in_crlf(self, start: int, end: int) -> bool:
        """Whether a run of lines ends so; where none tells, whether most lines do."""
        ended = self.lines[start : min(end, len(self.lines) - (not self.ended))]
        return all(line.endswith("\r") for line in ended) if ended else self.crlf

    def _joins(self, at: int) -> bool:
        """Whether a word goes on across a place."""
        before, after = self.text[at - 1 : at] if at else "", self.text[at : at + 1]
        return _is_word(before) and _is_word(after)


def lines_of(text: str) -> list[str]:
    """A text's lines without their ends."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()

    return [line.removesuffix("\r") for line in lines]


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
