"""Models, and what clients send, in few words."""

import json
from dataclasses import replace
from typing import Any

from mux_tui.core.proxy.translate.facts import ChatRequest, ModelTraits
from mux_tui.core.proxy.translate.request import to_chat
from mux_tui.core.wire.anthropic_parse import parse_request

NATIVE = ModelTraits("local/model", "Model", native_tools=True)
PLAIN = replace(NATIVE, native_tools=False)
SEEING = replace(NATIVE, images=True)
THINKER = replace(NATIVE, thinking=True)
HYBRID = replace(NATIVE, trimmable_cache=False)

PNG = {
    "type": "image",
    "source": {"data": "aGVsbG8=", "type": "base64", "media_type": "image/png"},
}


def chat(traits: ModelTraits = NATIVE, cap: int = 4096, **fields: Any) -> ChatRequest:
    """The translation of a request with these fields."""
    whole = {"model": "claude-x", "max_tokens": 100, "messages": [user("Hi")], **fields}
    return to_chat(parse_request(json.dumps(whole).encode()), traits, cap)


def user(*content: Any) -> dict[str, Any]:
    """A turn of the user's: a string, or blocks."""
    return _turn("user", content)


def assistant(*content: Any) -> dict[str, Any]:
    """A turn of the assistant's."""
    return _turn("assistant", content)


def _turn(role: str, content: tuple[Any, ...]) -> dict[str, Any]:
    single = len(content) == 1 and isinstance(content[0], str)
    return {"role": role, "content": content[0] if single else list(content)}


def text(words: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": words}


def use(id: str, name: str = "Read", **arguments: Any) -> dict[str, Any]:
    """A call."""
    return {"type": "tool_use", "id": id, "name": name, "input": arguments}


def result(id: str, content: Any = None, **more: Any) -> dict[str, Any]:
    """What a call brought."""
    return {"type": "tool_result", "tool_use_id": id, "content": content, **more}


def called(id: str, arguments: str = "{}", name: str = "Read") -> dict[str, Any]:
    """A call as Chat Completions has it."""
    function = {"name": name, "arguments": arguments}
    return {"id": id, "type": "function", "function": function}


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    """A message as Chat Completions has it."""
    return {"role": role, "content": content, **more}


def tool(id: str, content: str) -> dict[str, Any]:
    """A result as Chat Completions has it."""
    return {"role": "tool", "tool_call_id": id, "content": content}
