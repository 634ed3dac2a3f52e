"""The language in which a model without native tools is told of tools, and calls them.

One form for the instruction, the history and the parser: a call is JSON between
`<tool_call>` marks, which small models know from their training. Only these exact marks
mean anything: in other people's text they get a space after the `<`, which no parser of
ours reads as a mark.
"""

import json
import re
from collections.abc import Callable
from typing import Any

CALL_OPEN = "<tool_call>"
CALL_CLOSE = "</tool_call>"
NAME_KEY = "name"
ARGUMENTS_KEY = "arguments"

RESULT_OPEN = "<tool_result"
"""Followed by attributes and `>`."""

RESULT_CLOSE = "</tool_result>"
TOOLS_OPEN = "<tools>"
TOOLS_CLOSE = "</tools>"

FUNCTION_OPEN = "<function="
"""Begins a call in the XML form that some models prefer; never written by us."""

FUNCTION_CLOSE = "</function>"
PARAMETER_OPEN = "<parameter="
PARAMETER_CLOSE = "</parameter>"

_MARKS = re.compile(
    r"<(?=/?tool_(?:call|result|response)|function=|\{{1,2}\s{0,40}\"name\")"
)
_NOT_IN_NAMES = re.compile(r"[^\w.:/-]")


def neutralised(text: str) -> str:
    """Return `text` with a space in every mark that could be read as a call.

    `<tool_call>` becomes `< tool_call>`: a person and a model can still read it, and an
    answer that echoes it calls nothing. The same for `<function=`, for the marks of
    results, and for `<{"name"`.
    """
    return _MARKS.sub("< ", text)


def call_text(
    name: str, arguments: Any, safe: Callable[[str], str] = neutralised
) -> str:
    """A call, as the model writes it and as it is shown in the history.

    Args:
        name: The tool.
        arguments: Its input.
        safe: What is done to the JSON, so that no mark in it ends the call.
    """
    call = {NAME_KEY: name, ARGUMENTS_KEY: arguments}
    return f"{CALL_OPEN}\n{safe(json.dumps(call, ensure_ascii=False))}\n{CALL_CLOSE}"


def result_text(name: str, text: str, *, is_error: bool = False) -> str:
    """What a call brought, as user text; `text` must have been neutralised."""
    status = ' status="error"' if is_error else ""
    tool = _NOT_IN_NAMES.sub("_", name)[:128]
    return f'{RESULT_OPEN} name="{tool}"{status}>\n{text}\n{RESULT_CLOSE}'
