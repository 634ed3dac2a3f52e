"""What of a client's requests the proxy knows, and what is new to it.

Nothing new is an error: unknown blocks are shown to the model as words, unknown fields
are passed over. But each one is a place where a newer client may mean something that
the local model never hears of.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic_blocks import KINDS
from mux_tui.core.wire.anthropic_parse import BadRequest, parse_request
from mux_tui.core.wire.documents import as_list, as_object, as_text

_BODY = frozenset(
    {
        *("model", "messages", "system", "max_tokens", "stream", "metadata"),
        *("tools", "tool_choice", "temperature", "top_p", "top_k", "stop_sequences"),
        *("thinking", "output_config", "output_format", "context_management"),
        *("service_tier", "speed", "betas"),
    }
)
_BLOCKS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text", "citations"}),
    "image": frozenset({"source"}),
    "document": frozenset({"source", "title", "context", "citations"}),
    "thinking": frozenset({"thinking", "signature"}),
    "redacted_thinking": frozenset({"data"}),
    "tool_use": frozenset({"id", "name", "input"}),
    "tool_result": frozenset({"tool_use_id", "content", "is_error"}),
    "tool_reference": frozenset({"tool_name"}),
}
_EVERYWHERE = frozenset({"type", "cache_control"})
_TOOL = _EVERYWHERE | frozenset(
    {
        *("name", "description", "input_schema", "strict", "input_examples"),
        *("defer_loading", "eager_input_streaming"),
    }
)
_SERVER_TOOLS = ("web_search_", "web_fetch_", "code_execution_", "bash_", "computer_")
_NESTED: Mapping[str, frozenset[str]] = {
    "thinking": frozenset({"type", "budget_tokens", "display"}),
    "output_config": frozenset({"effort", "format"}),
    "context_management": frozenset({"edits"}),
    "metadata": frozenset({"user_id"}),
    "tool_choice": frozenset({"type", "name", "disable_parallel_tool_use"}),
}
_WORDS: Mapping[str, frozenset[str]] = {
    "thinking": frozenset({"enabled", "adaptive", "disabled"}),
    "tool_choice": frozenset({"auto", "any", "tool", "none"}),
}
_BETAS = frozenset(
    {
        "claude-code-20250219",
        "interleaved-thinking-2025-05-14",
        "thinking-token-count-2026-05-13",
        "context-management-2025-06-27",
        "prompt-caching-scope-2026-01-05",
        "mid-conversation-system-2026-04-07",
        "effort-2025-11-24",
        "context-1m-2025-08-07",
        "advanced-tool-use-2025-11-20",
        "structured-outputs-2025-12-15",
        "redact-thinking-2026-02-12",
        "fine-grained-tool-streaming-2025-05-14",
        "token-counting-2024-11-01",
        "oauth-2025-04-20",
    }
)
_DATE = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")
_BETA_NAMES = frozenset(_DATE.sub("", beta) for beta in _BETAS)
_PATHS = frozenset(
    {
        ("HEAD", "/"),
        ("POST", "/v1/messages"),
        ("POST", "/v1/messages/count_tokens"),
        ("GET", "/v1/models"),
    }
)
_MESSAGES = ("/v1/messages", "/v1/messages/count_tokens")
_NAME_LENGTH = 60


@dataclass(frozen=True)
class Asked:
    """One request of the client, in memory only."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By name in lower case."""

    body: bytes = b""


@dataclass
class Findings:
    """What is new, each thing once, in the order it was met."""

    blocks: dict[str, None] = field(default_factory=dict[str, None])
    """Kinds of blocks, with where they stood."""

    fields: dict[str, None] = field(default_factory=dict[str, None])
    """Fields, roles, tools and features of the API."""

    warnings: dict[str, None] = field(default_factory=dict[str, None])
    """Sentences."""


def examine(asked: Iterable[Asked]) -> Findings:
    """Compare requests with what the proxy knows."""
    found = Findings()
    for request in asked:
        if request.method != "CONNECT":
            _request(request, found)
    return found


def _request(request: Asked, found: Findings) -> None:
    if (request.method, request.path) not in _PATHS:
        place = _name(f"{request.method} {request.path}")
        found.warnings[f"it asks for {place}, which the proxy does not have"] = None
        return
    for beta in request.headers.get("anthropic-beta", "").split(","):
        _beta(beta.strip(), found)
    if request.path in _MESSAGES:
        _messages_request(request, found)


def _beta(beta: str, found: Findings) -> None:
    if not beta or beta in _BETAS:
        return
    if _DATE.sub("", beta) in _BETA_NAMES:
        found.warnings[f"the feature {_name(beta)} has a new date"] = None
    else:
        found.fields[f"anthropic-beta {_name(beta)}"] = None


def _messages_request(request: Asked, found: Findings) -> None:
    try:
        parse_request(request.body, counting=request.path.endswith("count_tokens"))
    except BadRequest as error:
        found.warnings[f"the proxy would refuse: {one_line(str(error), 200)}"] = None
    # A body that is no JSON was refused above.
    body = _document(request.body)
    _keys(body, _BODY, "", found)
    for part, known in _NESTED.items():
        _keys(as_object(body.get(part)), known, f"{part}.", found)
    for part, words in _WORDS.items():
        word = as_object(body.get(part)).get("type")
        if word is not None and word not in words:
            found.fields[f"{part}.type {_name(word)}"] = None
    _system(body.get("system"), found)
    for message in as_list(body.get("messages")):
        _message(as_object(message), found)
    for tool in as_list(body.get("tools")):
        _tool(as_object(tool), found)


def _system(system: object, found: Findings) -> None:
    for block in as_list(system):
        _block(as_object(block), "system", found, frozenset({"text"}))
    if system is not None and not isinstance(system, (str, list)):
        found.warnings["the system prompt is neither text nor a list of blocks"] = None


def _message(message: dict[str, Any], found: Findings) -> None:
    _keys(message, frozenset({"role", "content"}), "messages.", found)
    role = message.get("role")
    if role not in ("user", "assistant", "system"):
        found.fields[f"role {_name(role)}"] = None
    place = _name(role)
    for block in as_list(message.get("content")):
        _block(as_object(block), place, found)


def _block(
    block: dict[str, Any],
    place: str,
    found: Findings,
    kinds: frozenset[str] = KINDS,
) -> None:
    kind = as_text(block.get("type"))
    if kind not in kinds:
        found.blocks[f"{_name(kind)} in {place}"] = None
        return
    if kind in _BLOCKS:
        _keys(block, _BLOCKS[kind] | _EVERYWHERE, f"{kind}.", found)
    if kind == "tool_result":
        for inner in as_list(block.get("content")):
            _block(as_object(inner), "tool_result", found)


def _tool(tool: dict[str, Any], found: Findings) -> None:
    kind = tool.get("type")
    if kind is not None and kind != "custom":
        if not as_text(kind).startswith(_SERVER_TOOLS):
            found.fields[f"tool of type {_name(kind)}"] = None
        return
    _keys(tool, _TOOL, "tools.", found)
    if as_object(tool.get("input_schema")).get("type") != "object":
        name = _name(tool.get("name"))
        found.warnings[f"the input of tool {name} is not described as an object"] = None


def _keys(
    holder: Mapping[str, Any], known: frozenset[str], place: str, found: Findings
) -> None:
    for key in holder:
        if key not in known:
            found.fields[f"{place}{_name(key)}"] = None


def _document(body: bytes) -> dict[str, Any]:
    import orjson

    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def _name(value: object) -> str:
    return one_line(str(value), _NAME_LENGTH) or "?"
