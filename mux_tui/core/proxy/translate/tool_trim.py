"""Making tool definitions fit: they are the biggest part of a prompt, and most of it is
advice that a small model does not follow.

Cutting goes in steps, the tools that every task needs always one step behind the
others. Names, types, enums and what is required stay to the last; a tool is dropped
only when even that does not fit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

import orjson

from mux_tui.core.exchange import Cut
from mux_tui.core.proxy.translate.openings import opening
from mux_tui.core.proxy.translate.sizes import size_of_tool
from mux_tui.core.wire.anthropic import Tool

CORE = frozenset("Bash Edit Glob Grep MultiEdit Read Write".split())
"""Tools that any task needs."""

_MCP = "mcp__"
_SUBSCHEMAS = ("items", "additionalProperties", "not", "if", "then", "else", "contains")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs", "definitions")


Schema = Literal["whole", "required", "names"]
"""`required`: only the required parameters, and nothing that is inside them. `names`:
not even their types."""


@dataclass(frozen=True)
class Step:
    """How much of a definition is left; limits in characters."""

    description: int
    parameter: int
    """Of the description of each parameter; those inside parameters go at once."""

    schema: Schema = "whole"


STEPS: tuple[Step | None, ...] = (
    None,
    Step(1200, 200),
    Step(400, 100),
    Step(160, 60),
    Step(90, 0),
    Step(60, 0, "required"),
    Step(0, 0, "names"),
)
"""The first leaves a definition as it is."""

LADDER = (
    *((1, 0), (1, 1), (2, 1), (3, 1), (3, 2), (4, 2), (5, 2)),
    *((5, 3), (6, 3), (6, 4), (6, 5), (6, 6)),
)
"""Steps for the other tools and for the core tools, tried in this order."""


def fit_tools(
    tools: tuple[Tool, ...], limit: int, needed: str = ""
) -> tuple[tuple[Tool, ...], tuple[Cut, ...]]:
    """Shorten the definitions until together they have at most `limit` characters.

    Args:
        tools: All definitions; their order stays.
        limit: In characters; core tools stay even when they do not fit.
        needed: A tool that the answer has to call: as a core tool.

    Returns:
        The definitions, and a cut for each one that changed.
    """
    key = tuple(
        (t.name, t.description, orjson.dumps(t.schema), t.server) for t in tools
    )
    return _fit(key, limit, needed)


@lru_cache(maxsize=8)
def _fit(
    key: tuple[tuple[str, str, bytes, str], ...], limit: int, needed: str
) -> tuple[tuple[Tool, ...], tuple[Cut, ...]]:
    tools = tuple(Tool(n, d, orjson.loads(s), server) for n, d, s, server in key)
    if _total(tools) <= limit:
        return tools, ()

    core = CORE | {needed}
    fitted = tools
    for others, ours in LADDER:
        fitted = tuple(
            _at(tool, ours if tool.name in core else others) for tool in tools
        )
        if _total(fitted) <= limit:
            break
    kept = _kept(fitted, limit, core)
    return tuple(kept.values()), _cuts(tools, kept)


def _total(tools: Iterable[Tool]) -> int:
    return sum(map(size_of_tool, tools))


def _at(tool: Tool, step: int) -> Tool:
    shape = STEPS[step]
    if shape is None or tool.server:
        return tool

    description = opening(tool.description, shape.description)
    if shape.schema != "whole":
        types = shape.schema == "required"
        return Tool(tool.name, description, _bare(tool.schema, types))
    return Tool(tool.name, description, _shorter(tool.schema, shape.parameter, 0))


def _kept(tools: tuple[Tool, ...], limit: int, core: frozenset[str]) -> dict[str, Tool]:
    """What is left when tools are dropped until the rest fits: those of MCP servers
    first, the last in the list before the first."""
    kept = {tool.name: tool for tool in tools}
    total = _total(tools)
    droppable = [tool for tool in tools if tool.name not in core and not tool.server]
    droppable.sort(key=lambda tool: not tool.name.startswith(_MCP), reverse=True)
    while total > limit and droppable:
        tool = droppable.pop()
        total -= size_of_tool(tool)
        del kept[tool.name]

    return kept


def _cuts(before: tuple[Tool, ...], after: dict[str, Tool]) -> tuple[Cut, ...]:
    cuts: list[Cut] = []
    for tool in before:
        left = after.get(tool.name)
        size, now = size_of_tool(tool), size_of_tool(left) if left else 0
        if left is None:
            cuts.append(Cut(f"tool {tool.name}", "not even names fit", size, 0))
        elif now < size:
            cuts.append(Cut(f"tool {tool.name}", "definitions too long", size, now))
    return tuple(cuts)


def _shorter(schema: Any, limit: int, depth: int) -> Any:
    """A schema with shorter descriptions at the top and none below; all else stays.

    What stands in `properties` are names, one of which may well be `description`.
    """
    if not isinstance(schema, dict):
        return schema

    out: dict[str, Any] = {}
    for key, value in cast(dict[str, Any], schema).items():
        if key == "description" and isinstance(value, str):
            text = opening(value, limit) if depth <= 1 else ""
            out |= {key: text} if text else {}
        elif key == "title" and isinstance(value, str):
            continue
        else:
            out[key] = _inside(key, value, limit, depth + 1)
    return out


def _inside(key: str, value: Any, limit: int, depth: int) -> Any:
    if key in _MAPS and isinstance(value, dict):
        named = cast(dict[str, Any], value)
        return {name: _shorter(one, limit, depth) for name, one in named.items()}
    if key in _LISTS and isinstance(value, list):
        return [_shorter(one, limit, depth) for one in cast(list[Any], value)]
    if key in _SUBSCHEMAS:
        return _shorter(value, limit, depth)

    return value


def _bare(schema: dict[str, Any], types: bool) -> dict[str, Any]:
    """The required parameters, with their types or without; others are allowed."""
    properties = schema.get("properties")
    required = schema.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list):
        return {"type": "object"}

    known = cast(dict[str, Any], properties)
    names = [n for n in cast(list[Any], required) if isinstance(n, str) and n in known]
    left = {name: _type(known[name] if types else None) for name in names}
    return {"type": "object", "properties": left, "required": names}


def _type(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {}

    found = cast(dict[str, Any], schema)
    return {key: found[key] for key in ("type", "enum") if key in found}
