"""A tool's parameters in words: from JSON Schema to what a small model reads at once.

`{"type": "array", "items": {"type": "string"}}` becomes `string[]`. Schemas come from
strangers: whatever is not understood is `any`.
"""

import json
from dataclasses import dataclass
from typing import Any

from mux_tui.core.proxy.translate.schemas import parameters_of
from mux_tui.core.wire.anthropic import Tool
from mux_tui.core.wire.documents import as_list, as_object, as_text

_DEEPEST = 4
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a tool."""

    name: str
    type: str
    required: bool
    description: str
    example: Any
    """A value of its type."""


def parameters(tool: Tool) -> list[Parameter]:
    """The parameters of a tool, in the order of its schema."""
    schema = parameters_of(tool)
    required = as_list(schema.get("required"))
    return [
        _parameter(name, as_object(told), name in required)
        for name, told in as_object(schema.get("properties")).items()
    ]


def _parameter(name: str, schema: dict[str, Any], required: bool) -> Parameter:
    words = type_words(schema)
    return Parameter(
        name,
        words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…",
        required,
        as_text(schema.get("description")),
        _example(name, schema),
    )


def type_words(schema: dict[str, Any], depth: int = 0) -> str:
    """What a schema allows, in the notation of TypeScript."""
    if choices := as_list(schema.get("enum")):
        return "|".join(_literal(choice) for choice in choices)
    if "const" in schema:
        return _literal(schema["const"])
    if depth >= _DEEPEST:
        return "any"
    for key in ("anyOf", "oneOf"):
        if options := as_list(schema.get(key)):
            return _options([type_words(as_object(o), depth + 1) for o in options])

    return _plain(schema, depth)


def _plain(schema: dict[str, Any], depth: int) -> str:
    kind: object = schema.get("type")
    match kind:
        case "array":
            inner = type_words(as_object(schema.get("items")), depth + 1)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case "object":
            return _object(schema, depth)
        case str(name):
            return name
        case _:
            return _options([as_text(name) for name in as_list(kind)])


def _options(words: list[str]) -> str:
    return "|".join(dict.fromkeys(word for word in words if word)) or "any"


def _object(schema: dict[str, Any], depth: int) -> str:
    required = as_list(schema.get("required"))
    fields = [
        f"{name}{'' if name in required else '?'}: "
        + type_words(as_object(told), depth + 1)
        for name, told in as_object(schema.get("properties")).items()
    ]
    return "{" + ", ".join(fields) + "}" if fields else "object"


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _example(name: str, schema: dict[str, Any]) -> Any:
    if choices := as_list(schema.get("enum")):
        return choices[0]
    match schema.get("type"):
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "array":
            return []
        case "object":
            return {}
        case _:
            return _example_words(name)


def _example_words(name: str) -> str:
    if "path" in name or "file" in name:
        return "/path/to/file"

    return "ls" if name == "command" else "..."
