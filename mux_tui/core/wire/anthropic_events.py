"""Anthropic Messages, the answer: what happens in it, as facts and as bytes.

The grammar: `MessageStart (Heartbeat | block)* MessageDelta MessageStop`, or `Failure`
at any place. A block is `BlockStart BlockDelta* BlockStop`; blocks come one after the
other, numbered from 0.
"""

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["text", "thinking", "tool_use"]

StopReason = Literal["end_turn", "max_tokens", "stop_sequence", "tool_use"]

ErrorType = Literal[
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
    "rate_limit_error",
    "api_error",
    "timeout_error",
    "overloaded_error",
]


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens, as the client reads them."""

    input: int = 0
    """Prompt tokens that were not cached."""

    cache_read: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class MessageStart:
    """An answer begins. Its counts are an estimate, never all zero."""

    id: str
    model: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class BlockStart:
    """A block begins."""

    index: int
    kind: BlockKind
    tool_id: str = ""
    """With `tool_use`: `toolu_…`, unique over all conversations."""

    tool_name: str = ""


@dataclass(frozen=True, slots=True)
class BlockDelta:
    """A block grows: by text, by thinking, or by a piece of its input's JSON."""

    index: int
    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class BlockStop:
    """A block is complete."""

    index: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Nothing has happened, and the connection lives: a `message_delta` without a stop
    reason, which keeps the client waiting and leaves no trace in its history."""


@dataclass(frozen=True, slots=True)
class MessageDelta:
    """The answer's end, with the true counts."""

    stop_reason: StopReason
    counts: Counts
    stop_sequence: str = ""


@dataclass(frozen=True, slots=True)
class MessageStop:
    """Nothing comes after this."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer cannot be completed; nothing comes after this."""

    type: ErrorType
    message: str
    """One line: `mux: what: why. next step`."""


AnswerEvent = (
    MessageStart
    | BlockStart
    | BlockDelta
    | BlockStop
    | Heartbeat
    | MessageDelta
    | MessageStop
    | Failure
)
