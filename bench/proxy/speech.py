"""What the fake model server says, in both protocols.

Each piece of text carries the moment it was written, `@NANOSECONDS;` by the clock
that all processes of a machine share, so that a client reads how long each piece was
on its way.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Speech:
    """How an answer comes."""

    pieces: int = 20
    gap_ms: float = 0.0
    """Between two pieces; 0: all at once."""

    prompt_tokens: int = 1


def stamp() -> str:
    """A piece of text that knows when it was written."""
    return f"@{time.monotonic_ns():019d};"


def framed(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


_NEW_TOKENS = 100
"""What a prompt adds to the one before; the rest was cached."""

LAST = b"0\r\n\r\n"

_CHAT = (
    b'data: {"id":"chatcmpl-f","object":"chat.completion.chunk","created":1700000000,'
    b'"model":"fake","choices":[{"index":0,"delta":{"content":"%b"},'
    b'"finish_reason":null}]}\n\n'
)
_CHAT_END = (
    b'data: {"id":"chatcmpl-f","object":"chat.completion.chunk","created":1700000000,'
    b'"model":"fake","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
)
_CHAT_USAGE = (
    b'data: {"id":"chatcmpl-f","object":"chat.completion.chunk","created":1700000000,'
    b'"model":"fake","choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d,'
    b'"total_tokens":%d,"prompt_tokens_details":{"cached_tokens":%d}}}\n\n'
    b"data: [DONE]\n\n"
)


def chat(speech: Speech) -> Iterator[bytes]:
    """Chat Completions, streamed; each item is written at once."""
    for _ in range(speech.pieces):
        yield framed(_CHAT % stamp().encode())
    prompt, answer = speech.prompt_tokens, speech.pieces
    cached = max(prompt - _NEW_TOKENS, 0)
    usage = _CHAT_USAGE % (prompt, answer, prompt + answer, cached)
    yield framed(_CHAT_END) + framed(usage) + LAST


def chat_whole(speech: Speech) -> dict[str, Any]:
    """Chat Completions, as one document."""
    message = {"role": "assistant", "content": _text(speech)}
    prompt, answer = speech.prompt_tokens, speech.pieces
    return {
        "id": "chatcmpl-f",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "fake",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": answer,
            "total_tokens": prompt + answer,
        },
    }


_DELTA = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
    b'"delta":{"type":"text_delta","text":"%b"}}\n\n'
)


def messages(speech: Speech) -> Iterator[bytes]:
    """Anthropic Messages, streamed."""
    block = {"type": "text", "text": ""}
    first = _event(
        "message_start", message=_message([], speech) | {"stop_reason": None}
    )
    first += _event("content_block_start", index=0, content_block=block)
    for number in range(speech.pieces):
        opening = b"" if number else framed(first)
        yield opening + framed(_DELTA % stamp().encode())
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    usage = {"output_tokens": speech.pieces}
    end = _event("content_block_stop", index=0)
    end += _event("message_delta", delta=delta, usage=usage) + _event("message_stop")
    yield framed(end) + LAST


def messages_whole(speech: Speech) -> dict[str, Any]:
    """Anthropic Messages, as one document."""
    return _message([{"type": "text", "text": _text(speech)}], speech)


def _message(content: list[dict[str, Any]], speech: Speech) -> dict[str, Any]:
    usage = {"input_tokens": speech.prompt_tokens, "output_tokens": speech.pieces}
    return {
        "id": "msg_f",
        "type": "message",
        "role": "assistant",
        "model": "fake",
        "content": content,
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": usage,
    }


def _event(kind: str, **fields: Any) -> bytes:
    data = json.dumps({"type": kind} | fields)
    return f"event: {kind}\ndata: {data}\n\n".encode()


def _text(speech: Speech) -> str:
    return "".join(stamp() for _ in range(speech.pieces))
