"""An answer as it grows: pieces in, events out, one `Completion` at the end."""

import json
from dataclasses import dataclass, field, fields

from mux_tui.core.errors import BackendError
from mux_tui.core.events import BackendEvent, ReasoningDelta, TextDelta
from mux_tui.core.task import Completion, FinishReason, Usage
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import NotJson, as_object, parse
from mux_tui.core.wire.openai import Piece, TokenCounts, ToolCallPart
from mux_tui.core.wire.surrogates import SurrogateJoiner
from mux_tui.core.wire.thinking import Split, ThinkingSplitter

_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


@dataclass
class _ToolCall:
    name: str = ""
    arguments: list[str] = field(default_factory=list[str])

    def as_text(self) -> str:
        """The call as models write one, for readers who offered no tool."""
        told = "".join(self.arguments)
        try:
            arguments: object = as_object(parse(told.encode("utf-8", "surrogatepass")))
        except NotJson:
            arguments = told
        call = json.dumps({"name": self.name, "arguments": arguments})
        return f"<tool_call>{call}</tool_call>"


class Answer:
    """Gathers one answer.

    Text after a finish reason is kept. A tool call becomes text at the end, since no
    tool was offered. An answer past its limit is an error and not a shorter answer:
    a model that never stops has not answered.
    """

    def __init__(self, limit: int) -> None:
        """Start an answer of at most `limit` bytes of text, reasoning and calls."""
        self.finish = ""
        """The server's word for why it ended; empty until it does."""

        self.tokens = 0
        """How many pieces carried something, which is about the tokens."""

        self.notes: list[str] = []
        self._limit = limit
        self._size = 0
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._logprobs: list[float] = []
        self._calls: dict[int, _ToolCall] = {}
        self._usage = TokenCounts()
        self._model = ""
        self._splitter = ThinkingSplitter()
        self._text_joiner = SurrogateJoiner()
        self._reasoning_joiner = SurrogateJoiner()

    def take(self, piece: Piece) -> list[BackendEvent]:
        """Add a piece, and return the events it brings.

        Raises:
            BackendError: The answer has passed its limit.
        """
        self._model = self._model or piece.model
        self.finish = piece.finish or self.finish
        if piece.usage:
            self._usage = _merged(self._usage, piece.usage)
        if piece.logprobs:
            self._logprobs += piece.logprobs
            self._grow(len(piece.logprobs))
        for part in piece.tool_calls:
            self._take_call(part)
        if piece.text or piece.reasoning or piece.tool_calls:
            self.tokens += 1
        if not (piece.text or piece.reasoning):
            return []

        split = self._splitter.feed(self._text_joiner.feed(piece.text))
        thought = self._reasoning_joiner.feed(piece.reasoning)
        return self._say(Split(split.text, thought + split.reasoning))

    def end(self) -> list[BackendEvent]:
        """Say that the server has ended, and return the last events.

        Raises:
            BackendError: The server has lost the answer.
        """
        split = self._splitter.feed(self._text_joiner.flush())
        rest = self._splitter.flush()
        thought = self._reasoning_joiner.flush() + split.reasoning + rest.reasoning
        events = self._say(Split(split.text + rest.text, thought))
        return events + self._say(Split(self._calls_as_text()))

    def completion(
        self, first_token_seconds: float | None, seconds: float
    ) -> Completion:
        """The whole answer."""
        usage = self._usage
        return Completion(
            text="".join(self._text),
            finish_reason=_FINISH.get(self.finish, "unknown"),
            reasoning="".join(self._reasoning),
            model=one_line(self._model, 200),
            usage=Usage(usage.prompt, usage.completion, usage.cached, usage.reasoning),
            logprobs=tuple(self._logprobs),
            first_token_seconds=first_token_seconds,
            seconds=seconds,
            notes=tuple(self.notes),
        )

    def _say(self, split: Split) -> list[BackendEvent]:
        events: list[BackendEvent] = []
        if split.reasoning:
            self._grow(_bytes(split.reasoning))
            self._reasoning.append(split.reasoning)
            events.append(ReasoningDelta(split.reasoning))
        if split.text:
            self._grow(_bytes(split.text))
            self._text.append(split.text)
            events.append(TextDelta(split.text))

        return events

    def _take_call(self, part: ToolCallPart) -> None:
        # The constant stands for the call itself: empty calls are not free.
        self._grow(64 + len(part.name) + len(part.arguments))
        call = self._calls.setdefault(part.index, _ToolCall())
        call.name += part.name
        call.arguments.append(part.arguments)

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._limit:
            raise BackendError(
                "bad_response",
                f"the answer grew past {self._limit} bytes",
                "",
                "Raise limits.answer_bytes if such an answer is wanted",
            )

    def _calls_as_text(self) -> str:
        if not self._calls:
            self._check_lost_call()
            return ""

        calls = [self._calls[index] for index in sorted(self._calls)]
        names = ", ".join(dict.fromkeys(call.name for call in calls))
        self.notes.append(f"called a tool that was not offered: {one_line(names, 100)}")
        joiner = SurrogateJoiner()
        text = joiner.feed("\n".join(call.as_text() for call in calls)) + joiner.flush()
        return "\n" + text if any(self._text) else text

    def _check_lost_call(self) -> None:
        """Servers that read tool calls drop those they cannot read."""
        if _FINISH.get(self.finish) != "tool_calls":
            return

        if not "".join(self._text).strip():
            raise BackendError(
                "empty_output",
                "the local server dropped the answer",
                "it took the text for a tool call and could not read it",
            )
        self.notes.append("the server dropped a tool call that it could not read")


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _merged(old: TokenCounts, new: TokenCounts) -> TokenCounts:
    """What is told last counts; what is not told again stays."""
    values = [
        getattr(old, f.name) if getattr(new, f.name) is None else getattr(new, f.name)
        for f in fields(TokenCounts)
    ]
    return TokenCounts(*values)
