"""The one writer of stdout: data only, no escape sequences but the colour of marks.

Text goes through `printable`; JSON is written in ASCII, so that no control byte and no
direction mark of foreign text reaches a terminal either way.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TextIO

from mux_tui.cli.colour import marked
from mux_tui.cli.wrapping import room, shortened, wrapped
from mux_tui.core.errors import MuxError
from mux_tui.core.text import printable


class Output:
    """What a command answers."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`; what cannot be written is a `MuxError`."""
        self._stream = stream
        self._at_line_start = True
        self.coloured = False
        """Whether the mark that begins a line is coloured."""

    @property
    def live(self) -> bool:
        """Whether a person may be watching: it is a terminal."""
        return self._stream.isatty()

    def text(self, text: str) -> None:
        """Write a piece of text as it comes, made safe, without adding a line end."""
        if safe := printable(text):
            self._at_line_start = safe.endswith("\n")
            self._write(safe)

    def patch(self, text: str) -> None:
        """Write a patch: byte for byte into a pipe, where a program reads it."""
        if self.live:
            self.text(text)
        elif text:
            self._at_line_start = text.endswith("\n")
            self._bytes(text.encode("utf-8", "replace"))

    def line(self, text: str = "") -> None:
        """Write one line."""
        safe = printable(text)
        self._write((marked(safe) if self.coloured else safe) + "\n")
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
        self._write(_ascii(_dumped(value, indent=2)) + "\n")

    def json_line(self, value: Any) -> None:
        """Write one JSON value on one line."""
        self._write(_ascii(_dumped(value, separators=(",", ":"))) + "\n")

    def table(
        self,
        rows: list[tuple[str, ...]],
        header: tuple[str, ...] = (),
        spare: tuple[str, ...] = (),
    ) -> None:
        """Write rows in aligned columns; on a terminal, as much as fits its width.

        Args:
            rows: The cells, safe to show.
            header: The names of the columns; empty: they have none.
            spare: Columns to leave out for want of room, the first of these first.
        """
        everything = [header, *rows] if header else rows
        columns = list(zip(*everything, strict=True))
        most = room(self._stream)
        for name in spare:
            if most is None or sum(map(_width, columns)) - 2 <= most:
                break
            columns = [column for column in columns if column[0] != name]
        for cells in zip(*columns, strict=True):
            padded = (
                cell.ljust(_width(column))
                for cell, column in zip(cells, columns, strict=True)
            )
            self.line(shortened("".join(padded).rstrip(), self._stream))

    def _bytes(self, content: bytes) -> None:
        """Write UTF-8, whatever the stream's own encoding is."""
        raw = getattr(self._stream, "buffer", None)
        if raw is None:
            self._write(content.decode())
            return
        self._stream.flush()
        with self._told():
            raw.write(content)
            raw.flush()

    def _write(self, text: str) -> None:
        with self._told():
            self._stream.write(text)
            self._stream.flush()

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except BrokenPipeError:
            # The reader has enough: no error, and told apart by the caller.
            raise
        except OSError as error:
            raise MuxError(
                "cannot write to standard output", error.strerror or str(error)
            ) from error


def _width(column: tuple[str, ...]) -> int:
    """Of a column with the gap behind it."""
    return max(map(len, column)) + 2


def _dumped(value: Any, **how: Any) -> str:
    # Late: text is written without.
    import json

    from mux_tui.core.events import plain

    return json.dumps(plain(value), **how)


def _ascii(document: str) -> str:
    # The one control byte that JSON in ASCII may hold as it is.
    return document.replace("\x7f", "\\u007f")
