"""The grammar of an answer's events, as a check that any test can use.

`check` reads a list of events as the strictest client would, and gives back what that
client would have seen.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    BlockDelta,
    BlockKind,
    BlockStart,
    BlockStop,
    Counts,
    Failure,
    Heartbeat,
    MessageDelta,
    MessageStart,
    MessageStop,
    StopReason,
)

_TOOL_ID = re.compile(r"toolu_[A-Za-z0-9_-]+")
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass
class Block:
    """A block as the client would have seen it."""

    kind: BlockKind
    text: str = ""
    tool_id: str = ""
    tool_name: str = ""

    @property
    def input(self) -> dict[str, Any]:
        """A tool's input; the block's text has to be a JSON object."""
        value: object = json.loads(self.text, parse_constant=_not_json)
        assert isinstance(value, dict), f"a tool's input is no object: {self.text}"
        return cast(dict[str, Any], value)


@dataclass
class Seen:
    """An answer as the client would have seen it."""

    blocks: list[Block] = field(default_factory=list[Block])
    stop_reason: StopReason | None = None
    stop_sequence: str = ""
    counts: Counts = Counts()
    failure: Failure | None = None

    @property
    def text(self) -> str:
        """All text, joined."""
        return "".join(b.text for b in self.blocks if b.kind == "text")

    @property
    def thinking(self) -> str:
        """All thinking, joined."""
        return "".join(b.text for b in self.blocks if b.kind == "thinking")

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """Name and input of each call."""
        tools = [b for b in self.blocks if b.kind == "tool_use"]
        return [(b.tool_name, b.input) for b in tools]


def check(events: Iterable[AnswerEvent]) -> Seen:
    """Read a complete answer.

    Raises:
        AssertionError: It breaks the grammar.
    """
    reader = _Reader()
    for event in events:
        reader.take(event)
    assert reader.ended, "the answer has no end"
    return reader.seen


class _Reader:
    def __init__(self) -> None:
        self.seen = Seen()
        self.ended = False
        self._started = False
        self._open: Block | None = None

    def take(self, event: AnswerEvent) -> None:
        assert not self.ended, f"after the end: {event}"
        if isinstance(event, Failure):
            self._fail(event)
            return
        if isinstance(event, MessageStart):
            self._start(event)
            return

        assert self._started, f"before the start: {event}"
        match event:
            case BlockStart():
                self._block(event)
            case BlockDelta():
                self._grow(event)
            case BlockStop():
                self._close(event)
            case MessageDelta():
                self._delta(event)
            case MessageStop():
                assert self.seen.stop_reason, "a stop without a reason"
                self.ended = True
            case Heartbeat():
                pass

    def _start(self, event: MessageStart) -> None:
        assert not self._started, "a second start"
        assert event.id.startswith("msg_"), event.id
        assert _told(event.counts), "a start without counts"
        self._started = True

    def _block(self, event: BlockStart) -> None:
        assert self._open is None, "a block inside a block"
        assert not self.seen.stop_reason, "a block after the reason"
        assert event.index == len(self.seen.blocks), f"index {event.index}"
        self._open = Block(event.kind, "", event.tool_id, event.tool_name)
        if event.kind == "tool_use":
            assert _TOOL_ID.fullmatch(event.tool_id), event.tool_id
            assert _TOOL_NAME.fullmatch(event.tool_name), event.tool_name
        self.seen.blocks.append(self._open)

    def _grow(self, event: BlockDelta) -> None:
        assert self._open, "a delta without a block"
        assert event.index == len(self.seen.blocks) - 1, f"index {event.index}"
        assert event.kind == self._open.kind, "a delta of another kind"
        assert event.text, "an empty delta"
        event.text.encode()
        self._open.text += event.text

    def _close(self, event: BlockStop) -> None:
        assert self._open, "a stop without a block"
        assert event.index == len(self.seen.blocks) - 1, f"index {event.index}"
        assert self._open.text.strip(), f"a blank block: {self._open}"
        if self._open.kind == "tool_use":
            assert self._open.input is not None
        self._open = None

    def _delta(self, event: MessageDelta) -> None:
        assert self._open is None, "the end inside a block"
        assert not self.seen.stop_reason, "a second reason"
        assert self.seen.blocks, "an empty answer"
        assert _told(event.counts), "an end without counts"
        kinds = [block.kind for block in self.seen.blocks]
        assert ("tool_use" in kinds) == (event.stop_reason == "tool_use")
        assert bool(event.stop_sequence) == (event.stop_reason == "stop_sequence")
        ids = [block.tool_id for block in self.seen.blocks if block.tool_id]
        assert len(ids) == len(set(ids)), "one id twice"
        self.seen.stop_reason = event.stop_reason
        self.seen.stop_sequence = event.stop_sequence
        self.seen.counts = event.counts

    def _fail(self, event: Failure) -> None:
        assert not self.seen.stop_reason, "a failure after the reason"
        assert event.message
        assert "\n" not in event.message
        self.seen.failure = event
        self.ended = True


def _told(counts: Counts) -> bool:
    numbers = (counts.input, counts.cache_read, counts.output)
    return min(numbers) >= 0 and any(numbers)


def _not_json(name: str) -> object:
    raise AssertionError(f"no JSON: {name}")
