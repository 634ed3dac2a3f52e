"""From a server's bytes to an answer: a reader without I/O.

It takes bytes in any split. Whether they are a stream or one document is told by how
they begin: servers get the type header wrong, and some answer in one piece although a
stream was asked for.
"""

from typing import Generic, Literal, Protocol, TypeVar

from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.backends.chat_faults import bad_response, cut, from_server
from mux_tui.core.events import Prefilled
from mux_tui.core.wire.documents import NotJson
from mux_tui.core.wire.openai import (
    DONE,
    Piece,
    ServerFault,
    parse_fault,
    parse_piece,
    prefill_progress,
)
from mux_tui.core.wire.sse import EventTooLarge, SseComment, SseDecoder, SseEvent

_BAD_EVENTS_IN_A_ROW = 3
_BLANK = b" \t\r\n\xef\xbb\xbf"

_E = TypeVar("_E")


class Gathering(Protocol[_E]):
    """What becomes of the pieces that are read."""

    finish: str
    """The server's word for why it ended; empty until it does."""

    tokens: int
    """How many pieces carried something, which is about the tokens."""

    notes: list[str]

    def take(self, piece: Piece) -> list[_E]:
        """Add a piece, and return what it brings."""
        ...

    def end(self) -> list[_E]:
        """Say that the server has ended, and return what was held back."""
        ...


class AnswerReader(Generic[_E]):
    """Reads the body of one successful response.

    Every method raises `BackendError` for what is no answer: an error the server
    tells, three unreadable events in a row, or bytes of another kind.
    """

    def __init__(
        self, endpoint: Endpoint, answer: Gathering[_E], wire_limit: int
    ) -> None:
        """Start a body.

        Args:
            endpoint: Who answers, for messages.
            answer: Gathers what is read.
            wire_limit: Most bytes of one stream event, or of a whole document.
        """
        self.answer = answer
        self.done = False
        """Whether the server has said that nothing more comes."""

        self.advanced = False
        """Whether the last bytes brought the answer on; comments do not."""

        self._endpoint = endpoint
        self._limit = wire_limit
        self._form: Literal["unknown", "stream", "document"] = "unknown"
        self._held = bytearray()
        self._decoder = SseDecoder(wire_limit)
        self._heard = False
        self._bad = 0
        self._bad_in_a_row = 0
        self._bad_reason = ""

    @property
    def whole(self) -> bool:
        """Whether the answer is complete, whatever may still come."""
        return self.done or bool(self.answer.finish)

    def feed(self, data: bytes) -> list[_E | Prefilled]:
        """Take bytes, and return the events they complete."""
        self.advanced = False
        if self._form == "stream":
            return self._events(self._decoder.feed(data))

        self._hold(data)
        if self._form == "unknown":
            self._form = _form(self._held)
        if self._form != "stream":
            return []

        held, self._held = bytes(self._held), bytearray()
        return self._events(self._decoder.feed(held))

    def end(self) -> list[_E | Prefilled]:
        """Say that the body has ended, and return the last events.

        Raises:
            BackendError: The answer is not complete.
        """
        if self._form == "document":
            events = self._document()
        else:
            events = self._events(self._decoder.feed(bytes(self._held)))
            events += self._events(self._decoder.flush())
            self._check_whole()
        if self._bad:
            self.answer.notes.append(
                f"skipped {self._bad} unreadable stream events: {self._bad_reason}"
            )

        return [*events, *self.answer.end()]

    def _hold(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > self._limit:
            raise EventTooLarge(self._limit)

    def _check_whole(self) -> None:
        if self.whole:
            return
        if self._form == "stream" and not self._heard:
            raise bad_response(self._endpoint, "not a stream of events")

        raise cut(self.answer.tokens)

    def _document(self) -> list[_E | Prefilled]:
        data = bytes(self._held)
        try:
            piece = parse_piece(data)
        except NotJson as error:
            page = data.lstrip(_BLANK).startswith(b"<")
            why = "it sends a web page" if page else str(error)
            raise bad_response(self._endpoint, why) from error

        if isinstance(piece, ServerFault):
            raise from_server(piece)
        if not piece.has_choice:
            raise bad_response(self._endpoint, "an answer without choices")
        return [*self._take(piece)]

    def _events(self, items: list[SseEvent | SseComment]) -> list[_E | Prefilled]:
        events: list[_E | Prefilled] = []
        for item in items:
            if self.done:
                break
            self._heard = True
            if isinstance(item, SseComment):
                events += self._comment(item)
            else:
                events += self._event(item)

        return events

    def _comment(self, comment: SseComment) -> list[_E | Prefilled]:
        progress = prefill_progress(comment.text)
        return [Prefilled(*progress)] if progress and not self.answer.tokens else []

    def _event(self, event: SseEvent) -> list[_E | Prefilled]:
        if event.data == DONE:
            self.done = self.advanced = True
            return []
        if event.event == "error":
            raise from_server(parse_fault(event.data))

        try:
            piece = parse_piece(event.data)
        except NotJson as error:
            self._skip(str(error))
            return []

        self._bad_in_a_row = 0
        if isinstance(piece, ServerFault):
            raise from_server(piece)
        return [*self._take(piece)]

    def _take(self, piece: Piece) -> list[_E]:
        self.advanced |= bool(
            piece.text
            or piece.reasoning
            or piece.finish
            or piece.tool_calls
            or piece.logprobs
        )
        return self.answer.take(piece)

    def _skip(self, reason: str) -> None:
        self._bad += 1
        self._bad_in_a_row += 1
        self._bad_reason = reason
        if self._bad_in_a_row >= _BAD_EVENTS_IN_A_ROW and not self.whole:
            raise bad_response(
                self._endpoint,
                f"{self._bad_in_a_row} unreadable stream events in a row: {reason}",
            )


def _form(start: bytearray) -> Literal["unknown", "stream", "document"]:
    first = start.lstrip(_BLANK)[:1]
    if not first:
        return "unknown"

    return "document" if first in b'{["<' else "stream"
