"""OpenAI's Responses protocol, streamed as codex asks for it."""

from collections.abc import Iterator
from typing import Any

from tests.cloud.received import Received, VendorName, as_list, as_object
from tests.cloud.script import Answer, ToolCall, Usage
from tests.cloud.vendor import Inference, arguments, sse

ERROR_CODES = {
    400: "invalid_request_error",
    401: "invalid_api_key",
    429: "rate_limit_exceeded",
    500: "server_error",
}
ITEM = "msg_scripted"


class OpenAI:
    """`POST /v1/responses`."""

    name: VendorName = "openai"

    def inference(self, request: Received) -> Inference | None:
        """What the request asks; None when it is for something else."""
        if (request.method, request.path) != ("POST", "/v1/responses"):
            return None

        return Inference(
            model=str(request.body.get("model", "")),
            stream=request.body.get("stream") is True,
            prompt=_prompt(as_list(request.body.get("input"))),
        )

    def whole(self, answer: Answer, model: str) -> dict[str, Any]:
        """A `response` document."""
        return _response(model, "completed") | {
            "output": _output(answer),
            "usage": _usage(answer.usage),
        }

    def opening(self, answer: Answer, model: str) -> Iterator[bytes]:
        """`response.created`, the reasoning, and the text so far."""
        response = _response(model, "in_progress")
        yield _event({"type": "response.created", "response": response})
        if answer.reasoning:
            yield from _whole_item(0, _reasoning(answer.reasoning))
        index = _text_index(answer)
        yield _added(index, _text(""))
        for piece in answer.pieces():
            yield _event(
                {
                    "type": "response.output_text.delta",
                    "item_id": ITEM,
                    "output_index": index,
                    "content_index": 0,
                    "delta": piece,
                }
            )

    def closing(self, answer: Answer, model: str) -> Iterator[bytes]:
        """The end of the text, a tool call, and the end of the response."""
        index = _text_index(answer)
        yield _done(index, _text(answer.text))
        if answer.tool:
            yield from _whole_item(index + 1, _tool(answer.tool))
        response = self.whole(answer, model)
        yield _event({"type": "response.completed", "response": response})

    def stream_error(self, message: str) -> bytes:
        """A `response.failed` event."""
        response = _response("", "failed")
        response["error"] = {"code": "server_error", "message": message}
        return _event({"type": "response.failed", "response": response})

    def error(self, status: int, message: str) -> dict[str, Any]:
        """An `error` document."""
        code = ERROR_CODES.get(status, "server_error")
        return {"error": {"message": message, "type": code, "code": code}}


def _prompt(items: list[Any]) -> str:
    """What the last message under the user's name says."""
    for item in map(as_object, reversed(items)):
        if item.get("role") == "user":
            parts = [as_object(part) for part in as_list(item.get("content"))]
            texts = [str(p["text"]) for p in parts if p.get("type") == "input_text"]
            return "\n".join(texts)

    return ""


def _response(model: str, status: str) -> dict[str, Any]:
    return {
        "id": "resp_scripted",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": status,
        "model": model,
        "output": [],
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }


def _output(answer: Answer) -> list[dict[str, Any]]:
    reasoning = [_reasoning(answer.reasoning)] if answer.reasoning else []
    tool = [_tool(answer.tool)] if answer.tool else []
    return [*reasoning, _text(answer.text), *tool]


def _text_index(answer: Answer) -> int:
    return 1 if answer.reasoning else 0


def _text(text: str) -> dict[str, Any]:
    return {
        "id": ITEM,
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }


def _reasoning(text: str) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": text}]
    return {"id": "rs_scripted", "type": "reasoning", "summary": summary}


def _tool(tool: ToolCall) -> dict[str, Any]:
    common = {"status": "completed", "name": tool.name, "call_id": tool.id}
    if tool.text:
        kind = {"id": f"ctc_{tool.id}", "type": "custom_tool_call"}
        return kind | common | {"input": tool.text}

    kind = {"id": f"fc_{tool.id}", "type": "function_call"}
    space = {"namespace": tool.namespace} if tool.namespace else {}
    return kind | common | space | {"arguments": arguments(tool)}


def _whole_item(index: int, item: dict[str, Any]) -> Iterator[bytes]:
    yield _added(index, item)
    yield _done(index, item)


def _added(index: int, item: dict[str, Any]) -> bytes:
    return _event(
        {"type": "response.output_item.added", "output_index": index, "item": item}
    )


def _done(index: int, item: dict[str, Any]) -> bytes:
    return _event(
        {"type": "response.output_item.done", "output_index": index, "item": item}
    )


def _event(data: dict[str, Any]) -> bytes:
    return sse(data, event=str(data["type"]))
