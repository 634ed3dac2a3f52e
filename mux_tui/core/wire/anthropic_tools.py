"""The tools of a request, and how free the model is to call them."""

import re
from typing import Any, cast

from mux_tui.core.wire import anthropic_check as check
from mux_tui.core.wire.anthropic import Tool, ToolChoice
from mux_tui.core.wire.anthropic_check import BadRequest
from mux_tui.core.wire.documents import as_object, as_text

_NAME = re.compile(r"[\w.:/-]{1,128}", re.ASCII)


def parse_tools(tools: object) -> tuple[Tool, ...]:
    """Read the list of tools; absent and null are none.

    Raises:
        BadRequest: It is no list, or a tool lacks a name of its own.
    """
    if tools is None:
        return ()
    if not isinstance(tools, list):
        raise BadRequest("tools: must be a list")

    found = tuple(
        _placed(place, item) for place, item in enumerate(cast(list[object], tools))
    )
    _check_unique(found)
    return found


def _check_unique(tools: tuple[Tool, ...]) -> None:
    seen: set[str] = set()
    for place, tool in enumerate(tools):
        if tool.name in seen:
            raise BadRequest(f"tools.{place}.name: must not be used twice")

        seen.add(tool.name)


def _placed(place: int, item: object) -> Tool:
    if not isinstance(item, dict):
        raise BadRequest(f"tools.{place}: must be an object")
    try:
        return _tool(cast(dict[str, Any], item))
    except BadRequest as error:
        raise BadRequest(f"tools.{place}.{error}") from error


def _tool(item: dict[str, Any]) -> Tool:
    name = check.filled(item, "name")
    if not _NAME.fullmatch(name):
        raise BadRequest("name: must be 1 to 128 letters, digits, or _ - . : /")

    kind = item.get("type")
    server = kind if isinstance(kind, str) and kind != "custom" else ""
    description = as_text(item.get("description"))
    return Tool(name, description, _schema(item.get("input_schema")), server)


def _schema(schema: object) -> dict[str, Any]:
    if schema is None:
        return {"type": "object"}
    if not isinstance(schema, dict):
        raise BadRequest("input_schema: must be an object")

    found = cast(dict[str, Any], check.sendable(schema, "input_schema"))
    return {key: value for key, value in found.items() if key != "$schema"}


def parse_tool_choice(choice: object) -> ToolChoice:
    """Read how free the model is; absent and null: entirely.

    Raises:
        BadRequest: Its type is unknown, or the tool is not named.
    """
    if choice is None:
        return ToolChoice()

    found = as_object(choice)
    mode = found.get("type")
    parallel = not check.flag(found, "disable_parallel_tool_use")
    if mode == "tool":
        return ToolChoice(mode, check.filled(found, "name"), parallel)
    if mode in ("auto", "any", "none"):
        return ToolChoice(mode, parallel=parallel)

    raise BadRequest("tool_choice.type: must be auto, any, tool or none")
