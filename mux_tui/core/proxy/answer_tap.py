"""What an answer of the real API says of itself, read as it passes.

The tap takes the same bytes that the client gets, holds none of them back, and never
fails: what it cannot read it does not know.
"""

from dataclasses import dataclass
from typing import Any

from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_object,
    as_text,
    parse,
)
from mux_tui.core.wire.sse import EventTooLarge, SseComment, SseDecoder, SseEvent

MOST_BYTES = 16 * 1024 * 1024
"""Of an answer that is not streamed; of a longer one nothing is known."""

_DELTA = "content_block_delta"


@dataclass(frozen=True)
class Passed:
    """What is known of an answer."""

    complete: bool = False
    """The answer came to its end; of one that was not read, its bytes did."""

    model: str = ""
    input_tokens: int | None = None
    """The whole prompt, cached tokens included; None: not told."""

    cached_tokens: int | None = None
    """Part of `input_tokens` that was read from the cache."""

    output_tokens: int | None = None
    stop_reason: str = ""
    tool_calls: int = 0
    error: str = ""
    """What went wrong, on one line; empty: nothing."""


class AnswerTap:
    """Reads one answer, however the network cut it."""

    def __init__(self) -> None:
        """Make a tap of which nothing has flowed."""
        self._decoder: SseDecoder | None = None
        self._whole: bytearray | None = None
        self._message: dict[str, Any] = {}
        self._usage: dict[str, Any] = {}
        self._complete = False
        self._tool_calls = 0
        self._error = ""
        self.content_begun = False
        """The first piece of the answer's content has passed."""

    def begin(self, content_type: str, content_encoding: str = "") -> None:
        """The answer begins; a compressed one is not read."""
        if content_encoding.strip().lower() not in ("", "identity"):
            return
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "text/event-stream":
            self._decoder = SseDecoder()
        elif kind.endswith("json"):
            self._whole = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what passes."""
        if self._decoder is not None:
            self._read_events(self._decoder, data)
        elif self._whole is not None:
            self._whole += data
            if len(self._whole) > MOST_BYTES:
                self._whole = None

    def end(self) -> None:
        """The answer's bytes have ended as they should."""
        if self._decoder is not None:
            for event in self._decoder.flush():
                self._read_event(event)
            if not self._complete and not self._error:
                self._error = "the stream ended before the answer did"
        elif self._whole is not None:
            self._read_document(_object(bytes(self._whole)))
        else:
            self._complete = True

    @property
    def complete(self) -> bool:
        """Whether the answer has come to its end."""
        return self._complete

    @property
    def passed(self) -> Passed:
        """What is known by now."""
        fresh = as_count(self._usage.get("input_tokens"))
        read = as_count(self._usage.get("cache_read_input_tokens"))
        made = as_count(self._usage.get("cache_creation_input_tokens"))
        return Passed(
            complete=self._complete,
            model=one_line(as_text(self._message.get("model")), 200),
            input_tokens=None if fresh is None else fresh + (read or 0) + (made or 0),
            cached_tokens=read,
            output_tokens=as_count(self._usage.get("output_tokens")),
            stop_reason=one_line(as_text(self._message.get("stop_reason")), 80),
            tool_calls=self._tool_calls,
            error=self._error,
        )

    def _read_events(self, decoder: SseDecoder, data: bytes) -> None:
        try:
            for event in decoder.feed(data):
                self._read_event(event)
        except EventTooLarge:
            self._decoder = None

    def _read_event(self, event: SseEvent | SseComment) -> None:
        # Nearly all events are deltas, of which nothing needs to be known.
        if isinstance(event, SseComment) or event.event == "ping":
            return
        if event.event == _DELTA:
            self.content_begun = True
            return
        document = _object(event.data)
        match document.get("type"):
            case "message_start":
                self._take(as_object(document.get("message")))
            case "content_block_start":
                block = as_object(document.get("content_block"))
                self._tool_calls += block.get("type") == "tool_use"
            case "message_delta":
                self._message |= _told(as_object(document.get("delta")))
                self._usage |= _told(as_object(document.get("usage")))
            case "message_stop":
                self._complete = True
            case "error":
                self._fail(document)
            case _:
                self.content_begun |= document.get("type") == _DELTA

    def _read_document(self, document: dict[str, Any]) -> None:
        match document.get("type"):
            case "message":
                self._take(document)
                self._complete = self.content_begun = True
                for block in as_list(document.get("content")):
                    self._tool_calls += as_object(block).get("type") == "tool_use"
            case "error":
                self._fail(document)
            case _:
                self._complete = True

    def _take(self, message: dict[str, Any]) -> None:
        told = ("model", "stop_reason")
        self._message |= _told({name: message.get(name) for name in told})
        self._usage |= _told(as_object(message.get("usage")))

    def _fail(self, document: dict[str, Any]) -> None:
        error = as_object(document.get("error"))
        told = (as_text(error.get("type")), as_text(error.get("message")))
        self._error = one_line(": ".join(filter(None, told)) or "an error", 300)


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _object(data: bytes) -> dict[str, Any]:
    try:
        return as_object(parse(data))
    except NotJson:
        return {}
