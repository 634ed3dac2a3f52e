"""Bytes cut into lines, none of them longer than memory should be spent on."""

from dataclasses import dataclass

LONGEST = 64 * 1024 * 1024
"""Bytes of one message; a task may be as long as the settings allow, and JSON makes it
up to six times longer."""

_KEPT = 512


@dataclass(frozen=True)
class Overlong:
    """A line that was too long, as far as it was kept."""

    head: bytes
    tail: bytes
    size: int
    """In bytes, without its end."""


class LineCutter:
    """Cuts whatever pieces the bytes come in."""

    def __init__(self, longest: int = LONGEST) -> None:
        """Begin with nothing."""
        self._longest = longest
        self._parts: list[bytes] = []
        """The line so far; of one that is too long already, its end."""

        self._head = b""
        self._size = 0

    def feed(self, data: bytes) -> list[bytes | Overlong]:
        """The lines that end in `data`, each without its end."""
        *ended, rest = data.split(b"\n")
        lines: list[bytes | Overlong] = []
        for piece in ended:
            self._add(piece)
            lines.append(self._take())
        self._add(rest)
        return lines

    def finish(self) -> list[bytes | Overlong]:
        """The last line, if it did not end."""
        return [self._take()] if self._size else []

    def _add(self, piece: bytes) -> None:
        self._size += len(piece)
        self._parts.append(piece)
        if self._size > self._longest:
            whole = b"".join(self._parts)
            if len(self._head) < _KEPT:
                self._head = whole[:_KEPT]
            self._parts = [whole[-_KEPT:]]

    def _take(self) -> bytes | Overlong:
        whole, head, size = b"".join(self._parts), self._head, self._size
        self._parts, self._head, self._size = [], b"", 0
        return whole if size <= self._longest else Overlong(head, whole, size)
