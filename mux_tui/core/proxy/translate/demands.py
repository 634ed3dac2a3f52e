"""What a request demands of the answer, said in words.

Local servers ignore `tool_choice` and output schemas, so the model is told, at the very
end of the prompt, where it disturbs no cached prefix.
"""

from collections.abc import Sequence

import orjson

from mux_tui.core.wire.anthropic import MessagesRequest, Text, Tool, Turn

ANY_TOOL = "*"


def must_call(request: MessagesRequest, offered: Sequence[Tool]) -> str:
    """The tool that has to be called; `*`: any; empty: none has to, or it cannot be."""
    choice = request.tool_choice
    if choice.mode == "any":
        return ANY_TOOL if offered else ""
    if choice.mode == "tool" and any(tool.name == choice.name for tool in offered):
        return choice.name

    return ""


def demands(request: MessagesRequest, offered: Sequence[Tool]) -> tuple[Turn, ...]:
    """The demands, as a last turn of the user's; none where there are none."""
    lines = [
        line for line in (_about_tools(request, offered), _about_form(request)) if line
    ]
    if not lines:
        return ()

    words = "\n".join(("<system-reminder>", *lines, "</system-reminder>"))
    return (Turn("user", (Text(words),)),)


def _about_tools(request: MessagesRequest, offered: Sequence[Tool]) -> str:
    if not offered:
        return ""
    if request.tool_choice.mode == "none":
        return "Answer with text only. Do not call a tool."

    name = must_call(request, offered)
    if name == ANY_TOOL:
        return "Answer with a call of one of your tools."
    if name:
        return f"Answer with a call of the tool {name}."

    return ""


def _about_form(request: MessagesRequest) -> str:
    schema = request.output_schema
    if schema is None:
        return ""

    return (
        "Answer with JSON only, without any other text, that follows this JSON Schema: "
        + orjson.dumps(schema).decode()
    )
