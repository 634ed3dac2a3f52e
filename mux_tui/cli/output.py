"""The one writer of stdout: data only, no escape sequences.

Text goes through `printable`; JSON is written in ASCII, so that no control byte and no
direction mark of foreign text reaches a terminal either way.
"""

import json
from typing import Any, TextIO

from mux_tui.cli.wrapping import shortened, wrapped
from mux_tui.core.events import plain
from mux_tui.core.text import printable


class Output:
    """What a command answers."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream
        self._at_line_start = True

    def text(self, text: str) -> None:
        """Write a piece of text as it comes, made safe, without adding a line end."""
        if safe := printable(text):
            self._at_line_start = safe.endswith("\n")
            self._write(safe)

    def line(self, text: str = "") -> None:
        """Write one line."""
        self._write(printable(text) + "\n")
        self._at_line_start = True

    def paragraph(self, text: str, indent: str = "  ") -> None:
        """Write one line, broken between words where a terminal is too narrow."""
        self.line(wrapped(printable(text), self._stream, indent))

    def end_line(self) -> None:
        """End the line that `text` left open, if it did."""
        if not self._at_line_start:
            self.line()

    def json(self, value: Any) -> None:
        """Write one JSON document, indented for people who look at it."""
        self._write(_ascii(json.dumps(plain(value), indent=2)) + "\n")

    def json_line(self, value: Any) -> None:
        """Write one JSON value on one line."""
        self._write(_ascii(json.dumps(plain(value), separators=(",", ":"))) + "\n")

    def table(self, rows: list[tuple[str, ...]], header: tuple[str, ...] = ()) -> None:
        """Write rows in aligned columns; on a terminal, as much as fits its width."""
        everything = [header, *rows] if header else rows
        widths = [max(map(len, column)) for column in zip(*everything, strict=True)]
        for row in everything:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self.line(shortened("  ".join(cells).rstrip(), self._stream))

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _ascii(document: str) -> str:
    # The one control byte that JSON in ASCII may hold as it is.
    return document.replace("\x7f", "\\u007f")
