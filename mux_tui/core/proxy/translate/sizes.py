"""How much of a prompt something is, in characters, or in bytes outside ASCII.

A token of English is three or four characters, one of Chinese is about three bytes:
bytes of UTF-8 go with tokens better than characters do, and for ASCII are the same.
"""

import orjson

from mux_tui.core.wire.anthropic import (
    Block,
    Document,
    Image,
    Other,
    Text,
    Thinking,
    Tool,
    ToolResult,
    ToolUse,
    Turn,
)

_MESSAGE = 30
_TOOL = 70
_CALL = 60
IMAGE = 3000
"""A picture for a model that sees: about a thousand tokens."""


def size_of(text: str) -> int:
    """The size of a text; lone surrogates count too."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def size_of_tool(tool: Tool) -> int:
    """The size of a tool's definition; tools of Anthropic's servers are not sent."""
    if tool.server:
        return 0

    described = size_of(tool.name) + size_of(tool.description)
    return _TOOL + described + len(orjson.dumps(tool.schema))


def size_of_turn(turn: Turn) -> int:
    """The size of a message."""
    return _MESSAGE + sum(map(size_of_block, turn.blocks))


def size_of_block(block: Block) -> int:
    """The size of a part of a message."""
    match block:
        case Text() | Thinking():
            return size_of(block.text)
        case ToolResult():
            return _CALL + sum(map(size_of_block, block.content))
        case ToolUse():
            return _CALL + size_of(block.name) + len(orjson.dumps(block.input))
        case Image():
            return IMAGE
        case Document() | Other():
            return size_of(block.text)
