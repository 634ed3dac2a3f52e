"""Tools for models whose templates take them: one function definition each."""

from typing import Any

import orjson

from mux_tui.core.proxy.translate.harmless import harmless
from mux_tui.core.wire.anthropic import Tool
from mux_tui.core.wire.documents import as_object


def function_of(tool: Tool) -> dict[str, Any]:
    """Write the definition of a tool as Chat Completions has it."""
    function: dict[str, Any] = {"name": tool.name}
    if tool.description:
        function["description"] = harmless(tool.description)
    function["parameters"] = _harmless_schema(parameters_of(tool))
    return {"type": "function", "function": function}


def parameters_of(tool: Tool) -> dict[str, Any]:
    """The schema of a tool's input, with what templates look for in every schema."""
    schema = tool.schema
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        return schema

    kept = {k: v for k, v in schema.items() if k not in ("type", "properties")}
    return {"type": "object", "properties": as_object(schema.get("properties")), **kept}


def _harmless_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Break marks in the texts of a schema; tools come from strangers, too."""
    text = orjson.dumps(schema).decode()
    safe = harmless(text)
    # Marks hold no character that JSON escapes, so the text is still JSON.
    return schema if safe == text else orjson.loads(safe)
