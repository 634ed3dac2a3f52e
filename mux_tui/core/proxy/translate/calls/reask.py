"""What a model is told when its call cannot be used."""

import json

from mux_tui.core.proxy.translate.markup import call_text
from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic import Tool

_MOST_SCHEMA = 4000


def reask_instruction(tool: Tool | None, reason: str) -> str:
    """Ask for one call, and nothing else.

    Args:
        tool: What was called; None: that could not be read.
        reason: Why the call cannot be used, on one line.
    """
    why = one_line(reason)
    if tool is None:
        return (
            f"Your tool call could not be used: {why}. "
            "Answer with the call again, complete and in valid JSON, and nothing else."
        )

    schema = json.dumps(tool.schema, ensure_ascii=False)
    rule = f"Its arguments follow this JSON Schema: {schema}\n"
    return (
        f"Your call of the tool {tool.name} could not be used: {why}.\n"
        f"{rule if len(schema) <= _MOST_SCHEMA else ''}"
        f"Answer with exactly one call of {tool.name}, and nothing else, like this:\n"
        f"{call_text(tool.name, _example(tool))}"
    )


def _example(tool: Tool) -> dict[str, str]:
    required = tool.schema.get("required")
    names = required if isinstance(required, list) else []  # pyright: ignore[reportUnknownVariableType]
    return {str(name): "..." for name in names}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
