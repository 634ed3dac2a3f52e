"""Anthropic Messages, the answer as bytes: one frame an event, or one whole message.

Frames are filled into byte templates: a long answer is thousands of small ones. The
name of an event stands on a line of its own, which the clients need, and again in the
data.
"""

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

import orjson

from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    BlockDelta,
    BlockStart,
    BlockStop,
    Counts,
    ErrorType,
    Failure,
    Heartbeat,
    MessageDelta,
    MessageStart,
    MessageStop,
)

_DELTA = (
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":%d,"delta":{"type":%b:%b}}\n\n'
)
_DELTA_KINDS = {
    "text": b'"text_delta","text"',
    "thinking": b'"thinking_delta","thinking"',
    "tool_use": b'"input_json_delta","partial_json"',
}
_BLOCK_STOP = (
    b'event: content_block_stop\ndata: {"type":"content_block_stop","index":%d}\n\n'
)
_HEARTBEAT = (
    b"event: message_delta\n"
    b'data: {"type":"message_delta","delta":{"stop_reason":null,"stop_sequence":null},'
    b'"usage":{"output_tokens":0}}\n\n'
)
_MESSAGE_STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class AnswerFailed(Exception):
    """The events end in a failure, so there is no message."""

    def __init__(self, failure: Failure) -> None:
        """Keep the failure; the text of the error is its message."""
        super().__init__(failure.message)
        self.failure = failure


def frame(event: AnswerEvent) -> bytes:
    """Write an event as one frame of a stream."""
    if isinstance(event, BlockDelta):
        try:
            text = orjson.dumps(event.text)
        except orjson.JSONEncodeError:
            text = orjson.dumps(_sound(event.text))
        return _DELTA % (event.index, _DELTA_KINDS[event.kind], text)

    return _rare_frame(event)


def _rare_frame(
    event: MessageStart
    | BlockStart
    | BlockStop
    | Heartbeat
    | MessageDelta
    | MessageStop
    | Failure,
) -> bytes:
    match event:
        case MessageStart():
            return _named({"type": "message_start", "message": _message(event)})
        case BlockStart():
            block = _block(event)
            kind = "content_block_start"
            return _named({"type": kind, "index": event.index, "content_block": block})
        case BlockStop():
            return _BLOCK_STOP % event.index
        case Heartbeat():
            return _HEARTBEAT
        case MessageDelta():
            usage = _usage(event.counts)
            delta = _ending(event)
            return _named({"type": "message_delta", "delta": delta, "usage": usage})
        case MessageStop():
            return _MESSAGE_STOP
        case Failure():
            return _named(_error(event.type, event.message))
        case _:
            assert_never(event)


def _named(data: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (data["type"].encode(), orjson.dumps(data))


def _message(start: MessageStart) -> dict[str, Any]:
    return {
        "id": start.id,
        "type": "message",
        "role": "assistant",
        "model": _sound(start.model),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _usage(start.counts),
    }


def _block(start: BlockStart) -> dict[str, Any]:
    match start.kind:
        case "text":
            return {"type": "text", "text": ""}
        case "thinking":
            return {"type": "thinking", "thinking": "", "signature": ""}
        case "tool_use":
            name = _sound(start.tool_name)
            return {"type": "tool_use", "id": start.tool_id, "name": name, "input": {}}
        case _:
            assert_never(start.kind)


def _ending(delta: MessageDelta) -> dict[str, Any]:
    sequence = _sound(delta.stop_sequence) or None
    return {"stop_reason": delta.stop_reason, "stop_sequence": sequence}


def _usage(counts: Counts) -> dict[str, int]:
    return {
        "input_tokens": counts.input,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": counts.cache_read,
        "output_tokens": counts.output,
    }


def _error(kind: ErrorType, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": _sound(message)}}


def _sound(text: str) -> str:
    """Return `text`, with half characters replaced, which JSON in UTF-8 cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    return text


def assemble(events: Iterable[AnswerEvent]) -> dict[str, Any]:
    """Put the events of a complete answer together as one message.

    Raises:
        AnswerFailed: One of them is a failure.
        ValueError: They do not begin with a start.
    """
    message: dict[str, Any] = {}
    texts: dict[int, list[str]] = {}
    for event in events:
        match event:
            case MessageStart():
                message = _message(event)
            case BlockStart():
                message["content"].append(_block(event))
                texts[event.index] = []
            case BlockDelta():
                texts[event.index].append(event.text)
            case BlockStop():
                block = message["content"][event.index]
                block.update(_content(block, "".join(texts[event.index])))
            case MessageDelta():
                message.update(_ending(event), usage=_usage(event.counts))
            case Heartbeat() | MessageStop():
                pass
            case Failure():
                raise AnswerFailed(event)
            case _:
                assert_never(event)
    if not message:
        raise ValueError("an answer without a start")

    return message


def _content(block: dict[str, Any], text: str) -> dict[str, Any]:
    kind = block["type"]
    return {"input": _input(text)} if kind == "tool_use" else {kind: _sound(text)}


def _input(text: str) -> Any:
    """The arguments of a call; what is no JSON is handed over as clients do it."""
    if not text.strip():
        return {}
    try:
        return orjson.loads(_sound(text))
    except orjson.JSONDecodeError:
        return {"__unparsedToolInput": _sound(text)}


def error_body(kind: ErrorType, message: str, request_id: str) -> bytes:
    """Write the body of a refused request."""
    return orjson.dumps({**_error(kind, message), "request_id": request_id})


def models_page(models: Sequence[tuple[str, str]], created_at: str) -> bytes:
    """Write the list of models.

    Args:
        models: Id and name to show of each. Clients show only ids that begin with
            `claude` or `anthropic`.
        created_at: A time as RFC 3339, the same for all of them.
    """
    rows = [
        {
            "type": "model",
            "id": _sound(id),
            "display_name": _sound(name),
            "created_at": created_at,
        }
        for id, name in models
    ]
    ids = [row["id"] for row in rows] or [None]
    page = {"data": rows, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}
    return orjson.dumps(page)


def count_body(tokens: int) -> bytes:
    """Write the answer to a request for counting tokens."""
    return orjson.dumps({"input_tokens": tokens})
