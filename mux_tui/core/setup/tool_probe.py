"""Does the model call a tool when it is asked to?

Some servers find calls in what a model writes and give them apart; others leave them in
the text, where mux finds them as it does for Claude Code.
"""

import json
import time
from typing import TYPE_CHECKING, Any

from mux_tui.core.errors import ServerError
from mux_tui.core.model_server.probe import ask
from mux_tui.core.proxy.translate.calls import Call, CallParser
from mux_tui.core.setup.facts import ToolProbe
from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic import Tool
from mux_tui.core.wire.documents import NotJson, parse
from mux_tui.core.wire.openai import Piece, ServerFault, parse_fault, parse_piece

if TYPE_CHECKING:
    from httpx import AsyncClient

_MOST_TOKENS = 160
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"path": {"type": "string", "description": "The directory."}},
    "required": ["path"],
}
_TOOL = Tool("list_files", "List the files in a directory.", _SCHEMA)
_TASK = "Call the tool list_files for the directory src. Answer with the call alone."


async def probe_tools(
    client: "AsyncClient",
    base_url: str,
    model: str,
    timeout: float,
    headers: dict[str, str] | None = None,
) -> ToolProbe:
    """Offer one tool, ask for its use, and see what comes.

    Args:
        client: Who asks.
        base_url: Where the server answers, ending in `/v1`.
        model: The model's id there.
        timeout: Seconds for the answer.
        headers: More headers, such as a key.
    """
    begun = time.monotonic()
    url = f"{base_url}/chat/completions"
    try:
        answer = await ask(client, url, timeout, body=_body(model), headers=headers)
    except ServerError as error:
        return ToolProbe("unknown", f"no answer: {error.why}")

    seconds = time.monotonic() - begun
    if answer.status != 200:
        said = one_line(parse_fault(answer.body).message, 120)
        told = f"the server refuses tools: HTTP {answer.status}"
        return ToolProbe("none", f"{told}, {said}" if said else told, seconds)
    try:
        piece = parse_piece(answer.body)
    except NotJson as error:
        return ToolProbe("unknown", f"the answer is {error}", seconds)

    return _read(piece, seconds)


def _body(model: str) -> bytes:
    function = {
        "name": _TOOL.name,
        "description": _TOOL.description,
        "parameters": _TOOL.schema,
    }
    body: dict[str, Any] = {"model": model} if model else {}
    body |= {
        "messages": [{"role": "user", "content": _TASK}],
        "tools": [{"type": "function", "function": function}],
        "max_tokens": _MOST_TOKENS,
        "temperature": 0,
    }
    return json.dumps(body).encode()


def _read(piece: Piece | ServerFault, seconds: float) -> ToolProbe:
    if isinstance(piece, ServerFault):
        said = one_line(piece.message, 120)
        return ToolProbe("none", f"the server refuses: {said}", seconds)

    for call in piece.tool_calls:
        if call.name and _is_object(call.arguments):
            named = one_line(call.name, 60)
            return ToolProbe("parsed", f"the server gave a call of {named}", seconds)
    parser = CallParser([_TOOL])
    for part in (*parser.feed(piece.text), *parser.flush()):
        if isinstance(part, Call) and not part.broken:
            named = one_line(part.name, 60)
            sentence = f"it wrote a call of {named} as text, which mux understands"
            return ToolProbe("in_text", sentence, seconds)

    return ToolProbe("none", "it answered in words, and called nothing", seconds)


def _is_object(arguments: str) -> bool:
    try:
        return isinstance(parse(arguments.encode("utf-8", "replace")), dict)
    except NotJson:
        return False
