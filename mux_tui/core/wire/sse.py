"""Server-sent events out of bytes, however the network cut them.

The decoder takes what arrives and gives back what is complete. Data stays bytes: an
event whose text is not UTF-8 is one bad event, and no reason to lose the stream.
"""

from dataclasses import dataclass

MAX_EVENT_BYTES = 16 * 1024 * 1024
"""Default bound of one line, and of the data of one event."""

_BOM = b"\xef\xbb\xbf"
_DATA = b"data: "


class EventTooLarge(ValueError):
    """A line or an event is larger than the decoder may hold."""

    def __init__(self, limit: int) -> None:
        """Make the error for a decoder that holds `limit` bytes."""
        super().__init__(f"a stream event is larger than {limit} bytes")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event that carries data."""

    data: bytes
    """The data lines, joined by newlines; meant to be UTF-8, but not checked."""

    event: str = "message"
    """The event's type."""

    id: str = ""
    """The last id the stream has told, on this event or before."""


@dataclass(frozen=True, slots=True)
class SseComment:
    """A line that is no event; servers send them to show that they live."""

    text: str


class SseDecoder:
    """Decodes one stream.

    Any split of the bytes gives the same events. Beyond the standard, an event that
    the stream's end has cut off from its blank line is still given, by `flush`: some
    servers end that way, and only a reader of the data can tell whether it is whole.
    """

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        """Start a stream.

        Args:
            limit: Most bytes of one line, and of all data lines of one event.
        """
        self.retry_ms: int | None = None
        """What the stream last asked for as delay before a new connection."""

        self._limit = limit
        self._line = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._event = "message"
        self._id = ""
        self._after_cr = False
        self._at_start = True

    def feed(self, data: bytes) -> list[SseEvent | SseComment]:
        """Take bytes, and return what they complete.

        Raises:
            EventTooLarge: A line or an event passes the limit; the stream is lost.
        """
        if self._at_start:
            data = self._without_mark(data)
        if self._after_cr or b"\r" in data:
            data = self._with_newlines(data)

        lines = data.split(b"\n")
        if self._line or len(lines) == 1:
            self._line += lines[0]
            self._check(len(self._line))
            if len(lines) == 1:
                return []
            lines[0] = bytes(self._line)
            self._line.clear()
        last = lines.pop()
        if last:
            self._check(len(last))
            self._line += last

        return self._read(lines)

    def flush(self) -> list[SseEvent | SseComment]:
        """Say that the stream has ended, and return what was left."""
        self._at_start = False
        rest, self._line = bytes(self._line), bytearray()
        return self._read([rest, b""])

    def _without_mark(self, data: bytes) -> bytes:
        """Hold the first bytes back until they are known to be a byte order mark."""
        start = bytes(self._line) + data
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._line[:] = start
            return b""

        self._at_start = False
        self._line.clear()
        return start.removeprefix(_BOM)

    def _with_newlines(self, data: bytes) -> bytes:
        """Make every line end a newline; one of CR and LF may be split in two."""
        if not data:
            return data
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
        self._after_cr = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise EventTooLarge(self._limit)

    def _read(self, lines: list[bytes]) -> list[SseEvent | SseComment]:
        found: list[SseEvent | SseComment] = []
        limit = self._limit
        for line in lines:
            if not line:
                if self._data:
                    found.append(self._event_here())
                self._event = "message"
            elif len(line) > limit:
                raise EventTooLarge(limit)
            elif line.startswith(_DATA):
                self._add(line[6:])
            elif line.startswith(b":"):
                found.append(SseComment(_text(line[1:].removeprefix(b" "))))
            else:
                self._field(line)

        return found

    def _event_here(self) -> SseEvent:
        data = self._data
        event = SseEvent(
            data[0] if len(data) == 1 else b"\n".join(data), self._event, self._id
        )
        self._data = []
        self._size = 0
        return event

    def _add(self, data: bytes) -> None:
        # The newline counts: empty data lines are not free.
        self._size += len(data) + 1
        self._check(self._size - 1)
        self._data.append(data)

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._add(value)
        elif name == b"event":
            self._event = _text(value) or "message"
        elif name == b"id":
            if b"\0" not in value:
                self._id = _text(value)
        elif name == b"retry" and value.isdigit() and len(value) < 10:
            self.retry_ms = int(value)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
