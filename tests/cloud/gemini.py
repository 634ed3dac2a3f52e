"""Google's Gemini protocol: `generateContent`, streamed or not."""

import re
from collections.abc import Iterator
from typing import Any

from tests.cloud.received import Received, VendorName, as_list, as_object
from tests.cloud.script import Answer, Usage
from tests.cloud.vendor import Inference, sse

STATUS_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
}
PATH = re.compile(r"/v1beta/models/([^/:]+):(streamGenerateContent|generateContent)")


class Gemini:
    """`POST /v1beta/models/MODEL:streamGenerateContent` and its like."""

    name: VendorName = "gemini"

    def inference(self, request: Received) -> Inference | None:
        """What the request asks; None when it is for something else."""
        found = PATH.fullmatch(request.path)
        if request.method != "POST" or not found:
            return None

        return Inference(
            model=found[1],
            stream=found[2] == "streamGenerateContent",
            prompt=_prompt(as_list(request.body.get("contents"))),
        )

    def whole(self, answer: Answer, model: str) -> dict[str, Any]:
        """A `GenerateContentResponse` document."""
        parts = [*_reasoning(answer), {"text": answer.text}, *_tool(answer)]
        return _chunk(parts, model, _usage(answer.usage))

    def opening(self, answer: Answer, model: str) -> Iterator[bytes]:
        """The reasoning, and the text so far, one chunk each."""
        if answer.reasoning:
            yield sse(_chunk(_reasoning(answer), model))
        for piece in answer.pieces():
            yield sse(_chunk([{"text": piece}], model))

    def closing(self, answer: Answer, model: str) -> Iterator[bytes]:
        """A tool call, and the last chunk, with its finish reason."""
        parts = _tool(answer) or [{"text": ""}]
        yield sse(_chunk(parts, model, _usage(answer.usage)))

    def stream_error(self, message: str) -> bytes:
        """An error document as an event."""
        return sse(self.error(500, message))

    def error(self, status: int, message: str) -> dict[str, Any]:
        """An `error` document."""
        word = STATUS_WORDS.get(status, "UNKNOWN")
        return {"error": {"code": status, "message": message, "status": word}}


def count_tokens(request: Received) -> dict[str, Any]:
    """The answer to `countTokens`: four bytes a token will do."""
    return {"totalTokens": max(1, request.size // 4)}


def _prompt(contents: list[Any]) -> str:
    """What the user's last turn says besides the CLI's own context, as one text."""
    for content in map(as_object, reversed(contents)):
        if content.get("role") == "user":
            parts = [as_object(part) for part in as_list(content.get("parts"))]
            texts = [str(part["text"]) for part in parts if "text" in part]
            return "\n".join(t for t in texts if not t.startswith("<session_context>"))

    return ""


def _chunk(
    parts: list[dict[str, Any]], model: str, usage: dict[str, int] | None = None
) -> dict[str, Any]:
    """One response; with `usage` it is the last one of its answer."""
    candidate: dict[str, Any] = {
        "content": {"role": "model", "parts": parts},
        "index": 0,
    }
    chunk: dict[str, Any] = {"candidates": [candidate], "modelVersion": model}
    if usage is not None:
        candidate["finishReason"] = "STOP"
        chunk["usageMetadata"] = usage

    return chunk


def _reasoning(answer: Answer) -> list[dict[str, Any]]:
    return [{"text": answer.reasoning, "thought": True}] if answer.reasoning else []


def _tool(answer: Answer) -> list[dict[str, Any]]:
    if answer.tool is None:
        return []

    call = {"name": answer.tool.name, "args": dict(answer.tool.arguments)}
    return [{"functionCall": call}]


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "promptTokenCount": usage.input,
        "cachedContentTokenCount": usage.cached,
        "candidatesTokenCount": usage.output - usage.reasoning,
        "thoughtsTokenCount": usage.reasoning,
        "totalTokenCount": usage.input + usage.output,
    }
