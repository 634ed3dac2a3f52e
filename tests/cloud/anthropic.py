"""Anthropic's Messages protocol."""

from collections.abc import Iterator
from typing import Any

from tests.cloud.received import Received, VendorName, as_list, as_object
from tests.cloud.script import Answer, ToolCall, Usage
from tests.cloud.vendor import Inference, arguments, sse

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


class Anthropic:
    """`POST /v1/messages`, streamed or not."""

    name: VendorName = "anthropic"

    def inference(self, request: Received) -> Inference | None:
        """What the request asks; None when it is for something else."""
        if (request.method, request.path) != ("POST", "/v1/messages"):
            return None

        return Inference(
            model=str(request.body.get("model", "")),
            stream=request.body.get("stream") is True,
            prompt=_prompt(as_list(request.body.get("messages"))),
        )

    def whole(self, answer: Answer, model: str) -> dict[str, Any]:
        """A `message` document."""
        content: list[dict[str, Any]] = []
        if answer.reasoning:
            content.append(_thinking(answer.reasoning))
        if answer.text:
            content.append({"type": "text", "text": answer.text})
        if answer.tool:
            content.append(_tool(answer.tool) | {"input": dict(answer.tool.arguments)})
        return _message(model, _usage(answer.usage)) | {
            "content": content,
            "stop_reason": _stop_reason(answer),
        }

    def opening(self, answer: Answer, model: str) -> Iterator[bytes]:
        """`message_start`, the thinking, and the text so far."""
        usage = _usage(answer.usage) | {"output_tokens": 1}
        yield _event({"type": "message_start", "message": _message(model, usage)})
        yield _event({"type": "ping"})
        if answer.reasoning:
            delta = {"type": "thinking_delta", "thinking": answer.reasoning}
            yield from _block(0, _thinking(""), delta)
        text = _text_index(answer)
        yield _start(text, {"type": "text", "text": ""})
        for piece in answer.pieces():
            yield _delta(text, {"type": "text_delta", "text": piece})

    def closing(self, answer: Answer, model: str) -> Iterator[bytes]:
        """The end of the text, a tool call, and the end of the message."""
        text = _text_index(answer)
        yield _stop(text)
        if answer.tool:
            partial = arguments(answer.tool)
            delta = {"type": "input_json_delta", "partial_json": partial}
            yield from _block(text + 1, _tool(answer.tool), delta)
        yield _event(
            {
                "type": "message_delta",
                "delta": {"stop_reason": _stop_reason(answer), "stop_sequence": None},
                "usage": _usage(answer.usage),
            }
        )
        yield _event({"type": "message_stop"})

    def stream_error(self, message: str) -> bytes:
        """An `error` event."""
        return _event(self.error(500, message))

    def error(self, status: int, message: str) -> dict[str, Any]:
        """An `error` document."""
        kind = ERROR_TYPES.get(status, "api_error")
        return {
            "type": "error",
            "error": {"type": kind, "message": message},
            "request_id": "req_scripted",
        }


def count_tokens(request: Received) -> dict[str, Any]:
    """The answer to `count_tokens`: four bytes a token will do."""
    return {"input_tokens": max(1, request.size // 4)}


def models(names: tuple[str, ...]) -> dict[str, Any]:
    """The list of models, in Anthropic's shape."""
    created = "2026-01-01T00:00:00Z"
    return {
        "data": [
            {"type": "model", "id": n, "display_name": n, "created_at": created}
            for n in names
        ],
        "has_more": False,
        "first_id": names[0],
        "last_id": names[-1],
    }


def _prompt(messages: list[Any]) -> str:
    """What the user's last turn says besides the CLI's own reminders, as one text."""
    for message in map(as_object, reversed(messages)):
        if message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, str):
                return content
            blocks = [as_object(block) for block in as_list(content)]
            texts = [str(b.get("text")) for b in blocks if b.get("type") == "text"]
            return "\n".join(t for t in texts if not t.startswith("<system-reminder>"))

    return ""


def _message(model: str, usage: dict[str, int]) -> dict[str, Any]:
    return {
        "id": "msg_scripted",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "input_tokens": usage.input - usage.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.output,
    }


def _stop_reason(answer: Answer) -> str:
    return "tool_use" if answer.tool else "end_turn"


def _text_index(answer: Answer) -> int:
    return 1 if answer.reasoning else 0


def _thinking(text: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": text, "signature": ""}


def _tool(tool: ToolCall) -> dict[str, Any]:
    name = tool.name
    return {"type": "tool_use", "id": f"toolu_{tool.id}", "name": name, "input": {}}


def _block(index: int, block: dict[str, Any], delta: dict[str, Any]) -> Iterator[bytes]:
    yield _start(index, block)
    yield _delta(index, delta)
    yield _stop(index)


def _start(index: int, block: dict[str, Any]) -> bytes:
    return _event(
        {"type": "content_block_start", "index": index, "content_block": block}
    )


def _delta(index: int, delta: dict[str, Any]) -> bytes:
    return _event({"type": "content_block_delta", "index": index, "delta": delta})


def _stop(index: int) -> bytes:
    return _event({"type": "content_block_stop", "index": index})


def _event(data: dict[str, Any]) -> bytes:
    return sse(data, event=str(data["type"]))
